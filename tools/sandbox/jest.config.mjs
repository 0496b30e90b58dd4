import { createRequire } from 'node:module';
import { jestConfig } from '../../tools/jest/config.mjs';

export default {
  ...jestConfig('sandbox', import.meta.dirname),
  // The command line uses `p-throttle`, which is published only as an ES module. Jest loads ES modules only on Node 24.9 or later.
  transformIgnorePatterns: ['/node_modules/(?!p-throttle/)'],
  // By default, Jest leaves one core idle. Here, every core runs a worker, because tests mostly wait for their sandbox.
  maxWorkers: '100%',
  testSequencer: createRequire(import.meta.url).resolve('./slowest-first.cjs'),
};
