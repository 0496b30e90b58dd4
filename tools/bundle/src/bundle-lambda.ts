import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build, type OutputFile } from 'esbuild';
import { bundleProblems, type Expected } from './bundle-problems.js';
import { swapSdkModules } from './swap-sdk-modules.js';
import { separateParts, type Part } from './separate-parts.js';
import { shakeSchemas } from './shake-schemas.js';

export interface BundleLambdaOptions {
  /** The module that exports `handler`. */
  readonly entryPoint: string;
  /**
   * The absolute path of the bundle, ending in `.mjs`. The source map and the metafile, `NAME.meta.json`, are written to the same folder.
   */
  readonly outfile: string;
  /**
   * The maximum size of the bundle in bytes. This does not apply to parts, whose maximum size is always the default.
   * @default 260,000
   */
  readonly budgetBytes?: number;
}

const DEFAULT_BUDGET_BYTES = 260_000;

export interface LambdaBundle extends BundleFile {
  readonly budgetBytes: number;
  /**
   * The bundles of the modules that this bundle loads with `import()`, in the same folder. They do not slow down a cold start, because the
   * function loads them only when it uses them.
   */
  readonly parts: readonly BundleFile[];
}

export interface BundleFile {
  readonly outfile: string;
  readonly bytes: number;
}

/** The error if a bundle must not be deployed. No file was written. `problems` has one line for each reason. */
class BundleError extends Error {
  override readonly name = 'BundleError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Bundles a Lambda function and its dependencies into one minified ES module. The bundle includes the AWS SDK, so that the tested version
 * runs and not the version of Lambda's runtime. If the sources are the same, the bytes of the bundle are the same. Each of our modules that
 * is loaded with `import()` becomes a separate bundle.
 *
 * @throws {BundleError} if a bundle must not be deployed: see `bundleProblems`.
 * @throws esbuild's `BuildFailure` if a module cannot be read, resolved or parsed.
 */
export async function bundleLambda(options: BundleLambdaOptions): Promise<LambdaBundle> {
  const { entryPoint, outfile, budgetBytes = DEFAULT_BUDGET_BYTES } = options;
  const main = await bundleModule(entryPoint, outfile, { exports: 'handler', budgetBytes });
  const built = new Map([[`./${basename(outfile)}`, main]]);
  const waiting = [...main.parts];
  // A part can load other parts. They are added to `waiting` during the loop, so the loop bundles them too.
  for (const part of waiting) {
    const other = built.get(part.path);
    if (other === undefined) {
      const made = await bundleModule(part.entryPoint, join(dirname(outfile), part.path), { budgetBytes: DEFAULT_BUDGET_BYTES });
      built.set(part.path, made);
      waiting.push(...made.parts);
    } else if (other.entryPoint !== part.entryPoint)
      throw new BundleError([`two modules would have the file name \`${part.path}\`: \`${other.entryPoint}\` and \`${part.entryPoint}\``]);
  }
  const all = [...built.values()];
  const problems = all.flatMap((each) => each.problems);
  if (problems.length > 0) throw new BundleError(problems);

  await mkdir(dirname(outfile), { recursive: true });
  await Promise.all(all.flatMap(({ files }) => files.map(({ path, contents }) => writeFile(path, contents))));
  const parts = all.slice(1).map(({ outfile: file, bytes }) => ({ outfile: file, bytes }));
  return { outfile, bytes: main.bytes, budgetBytes, parts };
}

interface Bundle extends BundleFile {
  readonly entryPoint: string;
  readonly parts: readonly Part[];
  readonly problems: readonly string[];
  readonly files: readonly Pick<OutputFile, 'path' | 'contents'>[];
}

async function bundleModule(entryPoint: string, outfile: string, expected: Omit<Expected, 'parts'>): Promise<Bundle> {
  const parts: Part[] = [];
  const { metafile, warnings, outputFiles } = await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    // esbuild applies the condition `module` only if no other condition is set, so `module` must be set here. `mainFields` makes esbuild
    // use the SDK's ES build. Both settings are necessary, because otherwise esbuild cannot remove unused code.
    conditions: ['@portcullis/source', 'module'],
    mainFields: ['module', 'main'],
    legalComments: 'none',
    sourcemap: 'linked',
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [separateParts(parts), shakeSchemas, swapSdkModules],
  });
  const output = Object.values(metafile.outputs).find((each) => each.entryPoint !== undefined);
  if (output === undefined) throw new Error('esbuild reported no output for the entry point');
  // esbuild resolves every import() before it drops unused code.
  const used = parts.filter((part) => output.imports.some(({ path }) => path === part.path));
  const metafilePath = join(dirname(outfile), `${basename(outfile, '.mjs')}.meta.json`);
  return {
    entryPoint,
    outfile,
    bytes: output.bytes,
    parts: used,
    problems: [
      ...warnings.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text)),
      ...bundleProblems(metafile.inputs, output, { ...expected, parts: used.map(({ path }) => path) }),
    ],
    files: [...outputFiles, { path: metafilePath, contents: Buffer.from(`${JSON.stringify(metafile)}\n`) }],
  };
}
