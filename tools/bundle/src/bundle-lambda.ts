import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { transform } from '@swc/core';
import { build, type OutputFile } from 'esbuild';
import { bundleProblems, type Expected } from './bundle-problems.js';
import { swapSdkModules } from './swap-sdk-modules.js';
import { separateLazyModules, type LazyModule } from './separate-lazy-modules.js';
import { shakeSchemas } from './shake-schemas.js';

export interface BundleLambdaOptions {
  /** The module that exports `handler`. */
  readonly entryPoint: string;
  /**
   * The absolute path of the bundle, ending in `.mjs`. The source map and the metafile, `NAME.meta.json`, go into the same folder.
   */
  readonly outfile: string;
  /**
   * The maximum size of the bundle in bytes. A lazy bundle always has the default maximum.
   * @default 260,000
   */
  readonly budgetBytes?: number;
}

const DEFAULT_BUDGET_BYTES = 260_000;

export interface LambdaBundle extends BundleFile {
  readonly budgetBytes: number;
  /**
   * The lazy bundles, in the same folder. Lazy bundles do not slow a cold start, because a function loads a lazy bundle only when it needs
   * the module.
   */
  readonly lazyBundles: readonly BundleFile[];
}

export interface BundleFile {
  readonly outfile: string;
  readonly bytes: number;
}

/** Thrown, before any file is written, for a bundle that must not be deployed. `problems` has one line for each reason. */
class BundleError extends Error {
  override readonly name = 'BundleError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Bundles a Lambda function and its dependencies into one minified ES module. The bundle includes the AWS SDK, so that a function uses the
 * tested SDK version and not the version in Lambda's runtime. Equal sources give equal bytes. Each of our modules that our code loads with
 * `import()` becomes a lazy bundle.
 *
 * @throws {BundleError} with all problems that `bundleProblems` finds
 * @throws esbuild's `BuildFailure` if esbuild cannot read, resolve or parse a module
 */
export async function bundleLambda(options: BundleLambdaOptions): Promise<LambdaBundle> {
  const { entryPoint, outfile, budgetBytes = DEFAULT_BUDGET_BYTES } = options;
  const main = await bundleModule(entryPoint, outfile, { exports: 'handler', budgetBytes });
  const built = new Map([[`./${basename(outfile)}`, main]]);
  const waiting = [...main.lazyModules];
  // A lazy module can load other lazy modules, which the loop adds to `waiting`.
  for (const lazy of waiting) {
    const other = built.get(lazy.path);
    if (other === undefined) {
      const made = await bundleModule(lazy.entryPoint, join(dirname(outfile), lazy.path), { budgetBytes: DEFAULT_BUDGET_BYTES });
      built.set(lazy.path, made);
      waiting.push(...made.lazyModules);
    } else if (other.entryPoint !== lazy.entryPoint)
      throw new BundleError([`two modules would have the file name \`${lazy.path}\`: \`${other.entryPoint}\` and \`${lazy.entryPoint}\``]);
  }
  const all = [...built.values()];
  const problems = all.flatMap((each) => each.problems);
  if (problems.length > 0) throw new BundleError(problems);

  await mkdir(dirname(outfile), { recursive: true });
  await Promise.all(all.flatMap(({ files }) => files.map(({ path, contents }) => writeFile(path, contents))));
  const lazyBundles = all.slice(1).map(({ outfile: file, bytes }) => ({ outfile: file, bytes }));
  return { outfile, bytes: main.bytes, budgetBytes, lazyBundles };
}

interface Bundle extends BundleFile {
  readonly entryPoint: string;
  readonly lazyModules: readonly LazyModule[];
  readonly problems: readonly string[];
  readonly files: readonly File[];
}

async function bundleModule(entryPoint: string, outfile: string, expected: Omit<Expected, 'lazyBundles'>): Promise<Bundle> {
  const lazyModules: LazyModule[] = [];
  const { metafile, warnings, outputFiles } = await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    // esbuild can remove unused code only from ES modules. The condition `module` and `mainFields` select the ES modules of packages.
    // esbuild adds `module` by itself only if `conditions` is not set.
    conditions: ['@portcullis/source', 'module'],
    mainFields: ['module', 'main'],
    legalComments: 'none',
    sourcemap: 'external',
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [separateLazyModules(lazyModules), shakeSchemas, swapSdkModules],
  });
  const esbuildOutput = Object.values(metafile.outputs).find((each) => each.entryPoint !== undefined);
  if (esbuildOutput === undefined) throw new Error('esbuild reported no output for the entry point');
  const files = await minifyAgain(outfile, outputFiles);
  const output = { ...esbuildOutput, bytes: files[0].contents.length };
  // `lazyModules` also contains the modules of unused `import()` calls, because esbuild resolves every import before it removes unused
  // code.
  const used = lazyModules.filter((lazy) => output.imports.some(({ path }) => path === lazy.path));
  const metafilePath = join(dirname(outfile), `${basename(outfile, '.mjs')}.meta.json`);
  return {
    entryPoint,
    outfile,
    bytes: output.bytes,
    lazyModules: used,
    problems: [
      ...warnings.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text)),
      ...bundleProblems(metafile.inputs, output, { ...expected, lazyBundles: used.map(({ path }) => path) }),
    ],
    files: [...files, { path: metafilePath, contents: Buffer.from(`${JSON.stringify(metafile)}\n`) }],
  };
}

type File = Pick<OutputFile, 'path' | 'contents'>;

/** Returns the module and its source map, minified by swc: after esbuild's minification, swc still saves 3 % of the bytes. */
async function minifyAgain(outfile: string, outputs: readonly OutputFile[]): Promise<readonly [module: File, sourceMap: File]> {
  const sourceMap = `${outfile}.map`;
  const [bundled, bundledMap] = [outfile, sourceMap].map((path) => outputs.find((each) => each.path === path)?.text);
  if (bundled === undefined || bundledMap === undefined) throw new Error(`esbuild wrote no module and source map for \`${outfile}\``);
  const { code, map } = await transform(bundled, {
    configFile: false,
    swcrc: false,
    isModule: true,
    minify: true,
    jsc: { target: 'es2022', minify: { compress: { passes: 2 }, mangle: true, module: true, toplevel: true } },
    inputSourceMap: bundledMap,
    sourceMaps: true,
  });
  if (map === undefined) throw new Error(`swc wrote no source map for \`${outfile}\``);
  return [
    { path: outfile, contents: Buffer.from(`${code}\n//# sourceMappingURL=${basename(sourceMap)}\n`) },
    { path: sourceMap, contents: Buffer.from(map) },
  ];
}
