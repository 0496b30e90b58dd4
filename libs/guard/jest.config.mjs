import { fileURLToPath } from 'node:url';
import { jestConfig } from '../../tools/jest/config.mjs';

export default {
  ...jestConfig('guard', import.meta.dirname),
  // Prints every test name, because the names, in this order, are the specification.
  verbose: true,
  testSequencer: fileURLToPath(new URL('../../tools/jest/in-order-of-names.cjs', import.meta.url)),
};
