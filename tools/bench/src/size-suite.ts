import { join } from 'node:path';
import { build } from 'esbuild';
import { promiseAtMost, countFigure, ratioFigure, type BenchReport } from './bench-report.js';
import { WORKSPACE } from './measure.js';

const LIBRARY = '@portcullis/permission-diff';
/** The budgets are in bytes of a minified and uncompressed bundle. */
const ENTRIES = [
  { what: 'diffPermissions and compareAccess', code: `export { diffPermissions, compareAccess } from '${LIBRARY}';`, budget: 19 * 1024 },
  { what: 'the whole library', code: `export * from '${LIBRARY}';`, budget: 36 * 1024 },
  { what: 'cidr-tools, for comparison', code: `export * from 'cidr-tools';` },
];

export default async function benchSize(): Promise<BenchReport> {
  const sizes = await Promise.all(ENTRIES.map(async (entry) => ({ ...entry, bytes: await benchBundleSize(entry.code) })));
  return {
    tables: {
      'bytes, bundled and minified': sizes.map(({ what, bytes, budget }) => ({
        'of budget': budget === undefined ? '–' : ratioFigure(bytes / budget),
        what,
        bytes: countFigure(bytes),
      })),
    },
    promises: sizes.flatMap(({ what, bytes, budget }) =>
      budget === undefined
        ? []
        : [promiseAtMost(`${what}, bundled and minified`, countFigure(bytes, 'bytes'), countFigure(budget, 'bytes'))],
    ),
  };
}

/** Resolves to the size of a user's program in bytes, bundled and minified. */
async function benchBundleSize(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(WORKSPACE, 'tools/bench'), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    mainFields: ['module', 'main'],
    conditions: ['@portcullis/source', 'import'],
  });
  return outputFiles[0]?.contents.byteLength ?? NaN;
}
