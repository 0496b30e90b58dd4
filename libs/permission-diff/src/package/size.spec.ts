import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import * as library from '../index.js';

const KB = 1024;
const INDEX = JSON.stringify(join(__dirname, '..', 'index.ts'));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'permission-diff-size-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Bundles and minifies a user's program. Returns the path of the bundle. */
function bundled(program: string): string {
  const outfile = join(folder, 'bundle.mjs');
  const stdin = { contents: program, resolveDir: folder, loader: 'ts' } as const;
  buildSync({ stdin, outfile, bundle: true, minify: true, format: 'esm', platform: 'neutral', target: 'es2023' });
  return outfile;
}

/** Returns the names that Node finds in the exports of a module. */
function exportsOf(file: string): unknown {
  const program = `import(${JSON.stringify(pathToFileURL(file).href)}).then((it) => console.log(JSON.stringify(Object.keys(it))))`;
  return JSON.parse(execFileSync(process.execPath, ['--eval', program], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } }));
}

it.each<[what: string, program: string, budget: number, exported: readonly string[]]>([
  [
    // Most users import only these two functions, so the bundle must not contain the others.
    'the two main functions',
    `export { compareAccess, diffPermissions } from ${INDEX};`,
    19 * KB,
    ['compareAccess', 'diffPermissions'],
  ],
  // For users who re-export everything, or whose bundler keeps unused code.
  ['the whole library', `export * from ${INDEX};`, 36 * KB, Object.keys(library)],
])('stays within the size budget when bundled and minified: %s', (_what, program, budget, exported) => {
  const file = bundled(program);

  // Check that the exports are complete, because an incomplete bundle would also be small.
  expect(exportsOf(file)).toEqual([...exported].sort());
  expect(readFileSync(file).byteLength).toBeLessThan(budget);
});
