import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundleProblems, defaultBudgetBytes } from './bundle-problems.js';
import { environmentCredentials } from './environment-credentials.js';
import { noEventStreams } from './no-event-streams.js';
import { noVersionNotice } from './no-version-notice.js';
import { shakeSchemas } from './shake-schemas.js';

export interface BundleLambdaOptions {
  /** The module that exports `handler`. */
  readonly entryPoint: string;
  /** Where the bundle goes, absolute, ending in `.mjs`; its source map and `NAME.meta.json` go beside it. */
  readonly outfile: string;
  /**
   * The largest bundle accepted, in bytes.
   * @default 340,000
   */
  readonly budgetBytes?: number;
}

export interface LambdaBundle {
  readonly outfile: string;
  readonly bytes: number;
  readonly budgetBytes: number;
}

/** A bundle that must not be shipped. `problems` lists every reason, one line each; nothing was written. */
export class BundleError extends Error {
  override readonly name = 'BundleError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Bundles one Lambda into one minified ES module with everything it uses inside, the AWS SDK included: the version that
 * was tested is the version that runs, whatever the runtime brings along. The same sources give the same bytes.
 *
 * @throws BundleError when the bundle must not be shipped: see `bundleProblems`.
 * @throws esbuild's `BuildFailure` when a module cannot be read, resolved or parsed.
 */
export const bundleLambda = async (options: BundleLambdaOptions): Promise<LambdaBundle> => {
  const { entryPoint, outfile, budgetBytes = defaultBudgetBytes } = options;
  const result = await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    // Naming any condition takes away the `module` that esbuild implies, and `mainFields` is what finds the SDK's ES
    // build: without both of them nothing can be dropped.
    conditions: ['@portcullis/source', 'module'],
    mainFields: ['module', 'main'],
    legalComments: 'none',
    sourcemap: 'linked',
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [shakeSchemas, environmentCredentials, noEventStreams, noVersionNotice],
  });
  const output = Object.values(result.metafile.outputs).find(({ entryPoint: entry }) => entry !== undefined);
  if (output === undefined) throw new Error('esbuild reported no output for the entry point');

  const warnings = result.warnings.map(({ text, location }) =>
    location ? `${location.file}:${location.line}: ${text}` : text,
  );
  const problems = [...warnings, ...bundleProblems(result.metafile.inputs, output, budgetBytes)];
  if (problems.length > 0) throw new BundleError(problems);

  await mkdir(dirname(outfile), { recursive: true });
  await Promise.all(result.outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  const metafile = join(dirname(outfile), `${basename(outfile, '.mjs')}.meta.json`);
  await writeFile(metafile, `${JSON.stringify(result.metafile)}\n`);
  return { outfile, bytes: output.bytes, budgetBytes };
};
