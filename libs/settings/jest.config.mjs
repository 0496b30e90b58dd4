import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('settings', import.meta.dirname);
