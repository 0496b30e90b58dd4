import { jestConfig } from '../../tools/jest/config.mjs';

export default {
  ...jestConfig('cli', import.meta.dirname),
  // It comes as an ES module only, which Jest takes from Node 24.9 on.
  transformIgnorePatterns: ['/node_modules/(?!p-throttle/)'],
};
