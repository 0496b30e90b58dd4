import { join } from 'node:path';
import { build } from 'esbuild';
import { atMost, count, ratio, type Report } from '../harness.js';
import { WORKSPACE } from '../measure.js';

const LIBRARY = '@portcullis/permission-diff';
/** Budgets are bytes, minified and not compressed. */
const ENTRIES = [
  { what: 'diffPermissions and compareAccess', code: `export { diffPermissions, compareAccess } from '${LIBRARY}';`, budget: 19 * 1024 },
  { what: 'the whole library', code: `export * from '${LIBRARY}';`, budget: 36 * 1024 },
  { what: 'cidr-tools, for comparison', code: `export * from 'cidr-tools';` },
];

export async function size(): Promise<Report> {
  const sizes = await Promise.all(ENTRIES.map(async (entry) => ({ ...entry, bytes: await bundleSize(entry.code) })));
  return {
    tables: {
      'bytes, bundled and minified': sizes.map(({ what, bytes, budget }) => ({
        'of budget': budget === undefined ? '–' : ratio(bytes / budget),
        what,
        bytes: count(bytes),
      })),
    },
    promises: sizes.flatMap(({ what, bytes, budget }) =>
      budget === undefined ? [] : [atMost(`${what}, bundled and minified`, count(bytes, 'bytes'), count(budget, 'bytes'))],
    ),
  };
}

/** Resolves to the size in bytes of a user's bundle, which esbuild minifies for any platform. */
async function bundleSize(contents: string): Promise<number> {
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
