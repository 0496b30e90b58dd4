import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('aws-limits', import.meta.dirname);
