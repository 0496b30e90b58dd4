// Configures mutation testing: run `npm run mutation` at the root. The run skips some slow tests (see `all-specs.ts`). If only skipped
// tests would catch a mutant, the mutant counts as a survivor.
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['src/**/*.ts', '!src/**/*.spec.ts', '!src/testing/**', '!src/index.ts', '!src/exposure.ts'],
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  jest: { projectType: 'custom', configFile: 'jest.mutation.config.mjs', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 3_000,
  tempDirName: 'out-tsc/stryker',
  inPlace: false,
  disableTypeChecks: false,
  ignoreStatic: true,
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  htmlReporter: { fileName: 'coverage/mutation.html' },
  jsonReporter: { fileName: 'coverage/mutation.json' },
  incrementalFile: 'coverage/mutation.incremental.json',
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
