import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('bundle', import.meta.dirname);
