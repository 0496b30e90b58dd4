import { fileURLToPath } from 'node:url';
import { jestConfig } from '../../tools/jest/config.mjs';

export default {
  ...jestConfig('config-remediator', import.meta.dirname),
  // Its names, read in order, are the specification.
  verbose: true,
  maxWorkers: 1,
  testSequencer: fileURLToPath(new URL('../../tools/jest/in-order-of-names.cjs', import.meta.url)),
};
