import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build, type BuildResult, type Metafile } from 'esbuild';
import { bundleProblems, type Expected } from './bundle-problems.js';
import { lambdaOnly } from './lambda-only.js';
import { apart, type Part } from './parts.js';
import { shakeSchemas } from './shake-schemas.js';

export interface BundleLambdaOptions {
  /** The module that exports `handler`. */
  readonly entryPoint: string;
  /** Where the bundle goes, absolute, ending in `.mjs`; its source map and `NAME.meta.json` go beside it. */
  readonly outfile: string;
  /**
   * The largest bundle accepted, in bytes. Of a part it is always the default.
   * @default 260,000
   */
  readonly budgetBytes?: number;
}

const DEFAULT_BUDGET_BYTES = 260_000;

export interface LambdaBundle {
  readonly outfile: string;
  readonly bytes: number;
  readonly budgetBytes: number;
  /** What it loads with `import()`, each a bundle in the same folder: a cold start does not pay for them. */
  readonly parts: readonly BundlePart[];
}

export interface BundlePart {
  readonly outfile: string;
  readonly bytes: number;
}

/** Bundles that must not be shipped. `problems` lists every reason, one line each; nothing was written. */
class BundleError extends Error {
  override readonly name = 'BundleError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Bundles one Lambda into one minified ES module with everything it uses inside, the AWS SDK included: the version that
 * was tested is the version that runs, whatever the runtime brings along. The same sources give the same bytes. A module
 * of ours that is loaded with `import()` becomes a second such bundle, which stands by itself as well.
 *
 * @throws BundleError when a bundle must not be shipped: see `bundleProblems`.
 * @throws esbuild's `BuildFailure` when a module cannot be read, resolved or parsed.
 */
export async function bundleLambda(options: BundleLambdaOptions): Promise<LambdaBundle> {
  const { entryPoint, outfile, budgetBytes = DEFAULT_BUDGET_BYTES } = options;
  const waiting: (Part & { readonly exports?: string })[] = [{ entryPoint, path: `./${basename(outfile)}`, exports: 'handler' }];
  const built = new Map<string, Built>();
  for (const { path, exports, ...part } of waiting) {
    const other = built.get(path);
    if (other !== undefined && other.entryPoint !== part.entryPoint)
      throw new BundleError([`two modules would be \`${path}\`: \`${other.entryPoint}\` and \`${part.entryPoint}\``]);
    if (other !== undefined) continue;
    const found: Part[] = [];
    const result = await bundle(part.entryPoint, join(dirname(outfile), path), (each) => found.push(each));
    const expected = {
      exports,
      parts: found.map((each) => each.path),
      budgetBytes: exports === undefined ? DEFAULT_BUDGET_BYTES : budgetBytes,
    };
    built.set(path, { ...part, ...result, problems: problemsOf(result, expected) });
    // The loop goes on with them.
    waiting.push(...found);
  }
  const all = [...built.values()];
  const problems = all.flatMap((each) => each.problems);
  if (problems.length > 0) throw new BundleError(problems);

  await mkdir(dirname(outfile), { recursive: true });
  await Promise.all(all.map(written));
  const [main, ...parts] = all.map(({ outfile: file, output: { bytes } }) => ({ outfile: file, bytes }));
  if (main === undefined) throw new Error('nothing was bundled');
  return { ...main, budgetBytes, parts };
}

interface Result {
  readonly outfile: string;
  readonly output: Metafile['outputs'][string];
  readonly result: BuildResult<{ metafile: true; write: false }>;
}

interface Built extends Result {
  readonly entryPoint: string;
  readonly problems: readonly string[];
}

async function bundle(entryPoint: string, outfile: string, found: (part: Part) => void): Promise<Result> {
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
    plugins: [apart(found), shakeSchemas, lambdaOnly],
  });
  const output = Object.values(result.metafile.outputs).find(({ entryPoint: entry }) => entry !== undefined);
  if (output === undefined) throw new Error('esbuild reported no output for the entry point');
  return { outfile, output, result };
}

function problemsOf({ output, result }: Result, expected: Expected): readonly string[] {
  const warnings = result.warnings.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text));
  return [...warnings, ...bundleProblems(result.metafile.inputs, output, expected)];
}

async function written({ outfile, result }: Result): Promise<void> {
  await Promise.all(result.outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  const metafile = join(dirname(outfile), `${basename(outfile, '.mjs')}.meta.json`);
  await writeFile(metafile, `${JSON.stringify(result.metafile)}\n`);
}
