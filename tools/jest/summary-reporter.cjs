// Writes the numbers of passed, failed and skipped tests, so that `count-tests.mjs` can sum up all projects.
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');

module.exports = class SummaryReporter {
  constructor(_globalConfig, options) {
    this.file = options.file;
  }

  onRunComplete(_contexts, results) {
    mkdirSync(dirname(this.file), { recursive: true });
    const summary = {
      passed: results.numPassedTests,
      // A spec file that fails to load counts as one failure, because Jest does not know the tests in the file.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(this.file, `${JSON.stringify(summary)}\n`);
  }
};
