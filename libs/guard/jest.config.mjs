import { fileURLToPath } from 'node:url';
import { jestConfig } from '../../tools/jest/config.mjs';

export default {
  ...jestConfig('guard', import.meta.dirname),
  // Prints the titles of all tests, because the titles are the specification.
  verbose: true,
  testSequencer: fileURLToPath(new URL('../../tools/jest/in-order-of-names.cjs', import.meta.url)),
};
