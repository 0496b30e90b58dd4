import { isBuiltin } from 'node:module';
import type { Metafile } from 'esbuild';
import { sdkSwapProblems } from './swap-sdk-modules.js';
import { isSdkSchemaModule } from './shake-schemas.js';

type Output = Metafile['outputs'][string];

const numberFormat = new Intl.NumberFormat('en-US');

/** `301,234 bytes`. */
export function formatBundleBytes(bytes: number): string {
  return `${numberFormat.format(bytes)} bytes`;
}

/**
 * Returns the reasons why a bundle must not be deployed. Without this check, most of these problems would appear only after the deployment.
 */
export function bundleProblems(
  inputs: Metafile['inputs'],
  output: Output,
  { exports, lazyBundles, budgetBytes }: Expected,
): readonly string[] {
  return [
    ...bundleExportProblems(output, exports),
    ...bundleImportProblems(output, lazyBundles),
    ...sdkShakeProblems(inputs),
    ...sdkSwapProblems(inputs),
    ...bundleBudgetProblems(output, budgetBytes),
  ];
}

export interface Expected {
  /**
   * The name that the main bundle must export. For a lazy bundle, no name is necessary: TypeScript checks what our code imports from it.
   */
  readonly exports?: string;
  /** The specifiers of the lazy bundles that the bundle imports. */
  readonly lazyBundles: readonly string[];
  readonly budgetBytes: number;
}

function bundleExportProblems({ exports }: Output, expected: string | undefined): readonly string[] {
  return expected === undefined || exports.includes(expected)
    ? []
    : [`the bundle exports ${quotedBundleNames(exports)}: expected an export \`${expected}\``];
}

function bundleImportProblems({ imports }: Output, lazyBundles: readonly string[]): readonly string[] {
  return imports
    .filter(({ external, path }) => external === true && !lazyBundles.includes(path))
    .flatMap(({ path, kind }) => {
      if (!isBuiltin(path)) return [`the bundle imports \`${path}\`: expected only imports of Node.js modules`];
      // esbuild replaces `require` in an ES module by a function that throws an error.
      return kind === 'require-call' ? [`\`require("${path}")\` cannot run in an ES module: expected an \`import\``] : [];
    });
}

function sdkShakeProblems(inputs: Metafile['inputs']): readonly string[] {
  const clients = new Set(Object.keys(inputs).flatMap((path) => /@aws-sdk\/client-[^/]+\//.exec(path)?.[0] ?? []));
  const schemas = Object.keys(inputs).filter(isSdkSchemaModule);
  return [...clients]
    .filter((client) => !schemas.some((path) => path.includes(client)))
    .map((client) => `the unused schemas of \`${client}\` could not be removed: expected a module \`dist-es/schemas/schemas_0.js\``);
}

function bundleBudgetProblems({ bytes, inputs }: Output, budgetBytes: number): readonly string[] {
  if (bytes <= budgetBytes) return [];
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    sizes.set(bundledPackageOf(path), (sizes.get(bundledPackageOf(path)) ?? 0) + bytesInOutput);
  }
  const largest = [...sizes].sort(([, a], [, b]) => b - a).slice(0, 5);
  const parts = largest.map(([name, size]) => `${name} ${numberFormat.format(size)}`).join(', ');
  return [
    `the bundle is ${formatBundleBytes(bytes)}, over its budget of ${formatBundleBytes(budgetBytes)}; the largest packages in it: ${parts}`,
  ];
}

/** Returns the npm package or the project's folder that contains the file. */
function bundledPackageOf(path: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? /(?:^|\/)((?:apps|libs)\/[^/]+)\//.exec(path)?.[1] ?? 'this project';
}

function quotedBundleNames(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : [...new Set(names)].map((name) => `\`${name}\``).join(', ');
}
