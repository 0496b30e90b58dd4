const { TestEnvironment } = require('jest-environment-node');

/** Skips the remaining tests of a file after the first failure, because one failure kills a mutant. Jest itself can skip only whole files. */
module.exports = class FirstFailureEnvironment extends TestEnvironment {
  #hasFailed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_fn_failure') this.#hasFailed = true;
    if (name === 'test_start' && this.#hasFailed) test.mode = 'skip';
  }
};
