import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('cli', import.meta.dirname);
