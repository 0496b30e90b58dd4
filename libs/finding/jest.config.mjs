import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('finding', import.meta.dirname);
