// The tests that mutants meet. Stryker runs them in a copy of this folder, at another depth: the workspace is looked for upwards.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

let workspace = import.meta.dirname;
while (!existsSync(join(workspace, 'nx.json'))) workspace = dirname(workspace);
const { jestConfig } = await import(pathToFileURL(join(workspace, 'tools', 'jest', 'config.mjs')).href);

const config = jestConfig('permission-diff', import.meta.dirname);

export default {
  ...config,
  setupFilesAfterEnv: [...config.setupFilesAfterEnv, './src/testing/few-runs.ts'],
  // Left out: the tests that pack the package, and those that take many seconds, for they would take them for every mutant.
  testPathIgnorePatterns: ['/src/package/', 'small-universe\\.spec\\.ts$', 'huge\\.spec\\.ts$'],
  reporters: [],
};
