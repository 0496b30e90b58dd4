import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('cloudtrail', import.meta.dirname);
