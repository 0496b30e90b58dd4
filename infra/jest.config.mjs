import { jestConfig } from '../tools/jest/config.mjs';

export default jestConfig('infra', import.meta.dirname);
