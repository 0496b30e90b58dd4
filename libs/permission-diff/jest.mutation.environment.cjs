const { TestEnvironment } = require('jest-environment-node');

/** Skips the remaining tests after the first failure. One failure kills a mutant, and Jest can stop early only between files. */
module.exports = class FirstFailureEnvironment extends TestEnvironment {
  #hasFailed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_fn_failure') this.#hasFailed = true;
    if (name === 'test_start' && this.#hasFailed) test.mode = 'skip';
  }
};
