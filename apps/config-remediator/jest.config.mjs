import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('config-remediator', import.meta.dirname);
