const { TestEnvironment } = require('jest-environment-node');

/**
 * Skips all further tests of a file after the first failure. One failed test is enough to kill a mutant. Jest's `bail` option skips only
 * whole files.
 */
module.exports = class FirstFailureEnvironment extends TestEnvironment {
  #hasFailed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_fn_failure') this.#hasFailed = true;
    if (name === 'test_start' && this.#hasFailed) test.mode = 'skip';
  }
};
