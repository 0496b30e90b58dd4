import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GUARDS, type Guard } from '@portcullis/settings';

/** One value for each of the two functions. */
export interface PerGuard<T> {
  readonly remediator: T;
  readonly detector: T;
}

/**
 * Returns the path where each function's bundle must be. The field `imports` in `package.json` names each function's folder. In this
 * workspace, the folder belongs to an app; in the published package, the package contains the folder.
 */
export function functionPackageBundlePaths(): PerGuard<string> {
  const { resolve } = createRequire(import.meta.url);
  const fileOf = (guard: Guard): string => join(dirname(resolve(`#functions/${guard}`)), 'dist', 'main.mjs');
  return { remediator: fileOf(GUARDS.remediator), detector: fileOf(GUARDS.detector) };
}

/** Returns one line for each bundle that has not been built. */
export function missingFunctionPackageBundles(files: readonly string[]): readonly string[] {
  return files
    .filter((file) => !existsSync(file))
    .map((file) => `${file} does not exist: build it first with \`npx nx run-many -t build\``);
}
