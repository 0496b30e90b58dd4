import { join } from 'node:path';
import { buildSync } from 'esbuild';
import * as library from '../index.js';

const KB = 1024;
const INDEX = JSON.stringify(join(__dirname, '..', 'index.ts'));

it.each<[what: string, program: string, budget: number, exported: readonly string[]]>([
  [
    // Most users import only these two functions, so the bundle must not contain other functions.
    'the two main functions',
    `export { compareAccess, diffPermissions } from ${INDEX};`,
    19 * KB,
    ['compareAccess', 'diffPermissions'],
  ],
  // The size of the whole library matters to users whose bundler does not remove unused code.
  ['the whole library', `export * from ${INDEX};`, 36 * KB, Object.keys(library)],
])('the library stays within its size budget when bundled and minified: %s', (_what, contents, budget, exported) => {
  const stdin = { contents, resolveDir: __dirname, loader: 'ts' } as const;
  const options = {
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
  } as const;
  const { metafile } = buildSync({ stdin, ...options });
  const [bundle] = Object.values(metafile.outputs);

  // Without this check, a bundle that lacks some exports would pass the test.
  expect([...(bundle?.exports ?? [])].sort()).toEqual([...exported].sort());
  expect(bundle?.bytes).toBeLessThan(budget);
});
