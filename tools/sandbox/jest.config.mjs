import { createRequire } from 'node:module';
import { jestConfig } from '../../tools/jest/config.mjs';

export default {
  ...jestConfig('sandbox', import.meta.dirname),
  // Each file has a sandbox of its own, and its tests mostly wait for it: one worker for each core, where Jest would leave one core alone.
  maxWorkers: '100%',
  testSequencer: createRequire(import.meta.url).resolve('./slowest-first.cjs'),
};
