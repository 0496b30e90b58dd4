import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('yaml-file', import.meta.dirname);
