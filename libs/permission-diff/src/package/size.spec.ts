import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as library from '../index.js';
import { run, tool } from '../testing/packed.js';

jest.setTimeout(60_000);

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
async function bundled(program: string): Promise<string> {
  const entry = join(folder, 'entry.ts');
  const outfile = join(folder, 'bundle.mjs');
  writeFileSync(entry, program);
  const options = ['--bundle', '--minify', '--format=esm', '--platform=neutral', '--target=es2023'];
  await tool('esbuild', [entry, ...options, '--log-level=warning', `--outfile=${outfile}`]);
  return outfile;
}

/** Returns the names that Node finds in the exports of a module. */
async function exportsOf(file: string): Promise<unknown> {
  const program = `import(${JSON.stringify(pathToFileURL(file).href)}).then((it) => console.log(JSON.stringify(Object.keys(it))))`;
  return JSON.parse(await run(process.execPath, ['--eval', program], folder));
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
])('stays within the size budget when bundled and minified: %s', async (_what, program, budget, exported) => {
  const file = await bundled(program);

  // Check that the exports are complete, because an incomplete bundle would also be small.
  expect(await exportsOf(file)).toEqual([...exported].sort());
  expect(readFileSync(file).byteLength).toBeLessThan(budget);
});
