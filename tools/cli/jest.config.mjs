import { jestConfig } from '../../tools/jest/config.mjs';

export default {
  ...jestConfig('cli', import.meta.dirname),
  // Makes Jest compile `p-throttle`, an ES module, because Jest can load ES modules only on Node.js 24.9 or later.
  transformIgnorePatterns: ['/node_modules/(?!p-throttle/)'],
};
