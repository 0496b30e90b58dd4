import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('cloudtrail-detector', import.meta.dirname);
