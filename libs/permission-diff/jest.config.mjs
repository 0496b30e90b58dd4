import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('permission-diff', import.meta.dirname);
