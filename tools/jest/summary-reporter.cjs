// Writes how many tests passed and failed, so that a caller can add the projects up from what the runner reported.
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
      // A file that could not be loaded holds tests nobody could count: it is one failure.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(this.file, `${JSON.stringify(summary)}\n`);
  }
};
