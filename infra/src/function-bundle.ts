import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Where the build of an app leaves its bundle, absolute. It is found by the app's package, wherever that is installed. */
export const bundleFile = (app: 'config-remediator' | 'cloudtrail-detector'): string =>
  join(dirname(require.resolve(`@portcullis/${app}/package.json`)), 'dist', 'main.mjs');

/** Returns one line for each bundle that has not been built. */
export const bundleProblems = (files: readonly string[]): readonly string[] =>
  files.filter((file) => !existsSync(file)).map((file) => `${file} is not there: build it first with \`npx nx run-many -t build\``);
