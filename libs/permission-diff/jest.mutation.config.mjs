// The configuration for mutation testing. Stryker runs the tests in a copy of this folder at another depth, so we search upwards for the
// workspace.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

let workspace = import.meta.dirname;
while (!existsSync(join(workspace, 'nx.json'))) workspace = dirname(workspace);
const { jestConfig } = await import(pathToFileURL(join(workspace, 'tools', 'jest', 'config.mjs')).href);

const config = jestConfig('permission-diff', import.meta.dirname);

export default {
  ...config,
  testEnvironment: join(import.meta.dirname, 'jest.mutation.environment.cjs'),
  setupFilesAfterEnv: [...config.setupFilesAfterEnv, './src/testing/few-runs.ts'],
  testMatch: ['<rootDir>/src/testing/all-specs.ts'],
  reporters: [],
};
