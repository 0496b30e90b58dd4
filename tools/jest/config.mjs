// The Jest configuration of every project. swc compiles the specs, and imports of our libraries resolve to their sources.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * @param {string} displayName the project's name in Nx
 * @param {string} projectRoot absolute
 * @returns {import('jest').Config}
 */
export function jestConfig(displayName, projectRoot) {
  return {
    displayName,
    rootDir: projectRoot,
    testEnvironment: 'node',
    // Jest's default of 5 seconds is too short for a test that waits for a program while every core is busy.
    testTimeout: 30_000,
    testEnvironmentOptions: { customExportConditions: ['@portcullis/source', 'node', 'require', 'default'] },
    testMatch: ['<rootDir>/src/**/*.spec.ts'],
    moduleFileExtensions: ['ts', 'mts', 'js', 'mjs', 'json'],
    // A built npm package has the same name as its project, which would confuse Jest.
    modulePathIgnorePatterns: ['<rootDir>/packages?/'],
    resolver: '@nx/jest/plugins/resolver',
    transform: {
      '\\.m?[tj]s$': [
        '@swc/jest',
        {
          swcrc: false,
          jsc: { target: 'es2023', parser: { syntax: 'typescript' }, keepClassNames: true },
          module: { type: 'commonjs' },
          sourceMaps: true,
        },
      ],
    },
    setupFiles: [require.resolve('./environment.cjs')],
    setupFilesAfterEnv: [require.resolve('./fail-on-console.cjs')],
    reporters: ['default', [require.resolve('./summary-reporter.cjs'), { file: join(projectRoot, 'test-results', 'summary.json') }]],
  };
}
