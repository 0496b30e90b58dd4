import { jestConfig } from '../../tools/jest/config.mjs';

export default {
  ...jestConfig('guard', import.meta.dirname),
  // Prints the titles of all tests, because the titles are the specification.
  verbose: true,
};
