import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('sandbox', import.meta.dirname);
