import { jestConfig } from '../../tools/jest/config.mjs';

export default {
  ...jestConfig('cli', import.meta.dirname),
  // `p-throttle` is published only as an ES module, which Jest loads only on Node 24.9 or later.
  transformIgnorePatterns: ['/node_modules/(?!p-throttle/)'],
};
