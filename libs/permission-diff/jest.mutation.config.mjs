// The tests that mutants meet. Stryker runs them in a copy of this folder, at another depth: the workspace is looked for upwards.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

let workspace = import.meta.dirname;
while (!existsSync(join(workspace, 'nx.json'))) workspace = dirname(workspace);
const { jestConfig } = await import(pathToFileURL(join(workspace, 'tools', 'jest', 'config.mjs')).href);

export default {
  ...jestConfig('permission-diff', import.meta.dirname),
  // Left out: those that pack the package, and the long ones, which would take 15 s a mutant.
  testPathIgnorePatterns: [
    '/src/package/',
    'small-universe\\.spec\\.ts$',
    'access\\.laws\\.spec\\.ts$',
    'huge\\.spec\\.ts$',
  ],
  reporters: [],
};
