import { jestConfig } from '../../tools/jest/config.mjs';

export default jestConfig('security-groups', import.meta.dirname);
