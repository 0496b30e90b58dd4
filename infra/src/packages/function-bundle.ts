/** Finds the bundles that the build of the apps creates. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GUARDS, type Guard } from '@portcullis/settings';

/** One value for each of the two functions. */
export interface PerGuard<T> {
  readonly remediator: T;
  readonly detector: T;
}

/** Returns the path of each bundle of this workspace, whether or not it has been built. */
export function builtBundles(): PerGuard<string> {
  return { remediator: bundleFile(GUARDS.remediator), detector: bundleFile(GUARDS.detector) };
}

/** Returns the path of an app's bundle, in the folder where the app's package is installed. */
function bundleFile(app: Guard): string {
  const { resolve } = createRequire(import.meta.url);
  return join(dirname(resolve(`@portcullis/${app}/package.json`)), 'dist', 'main.mjs');
}

/** Returns one line for each bundle that has not been built. */
export function bundleProblems(files: readonly string[]): readonly string[] {
  return files
    .filter((file) => !existsSync(file))
    .map((file) => `${file} does not exist: build it first with \`npx nx run-many -t build\``);
}
