import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('baseline', import.meta.dirname);
