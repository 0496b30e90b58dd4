import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleLambda } from './bundle-lambda.js';
import { runNode } from './testing/run-node.js';

const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe('a module that our code loads with import()', () => {
  const outfile = join(folder, 'parts', 'main.mjs');
  const size = (name: string): number => readFileSync(join(folder, 'parts', name)).length;

  it('a module that our code loads with import() becomes a lazy bundle, which the main bundle finds from any working directory', async () => {
    write('deep.mjs', 'export const deep = "from the depth";');
    write('part.mjs', `export const part = async () => (await import('./deep.mjs')).deep; // ${'-'.repeat(99)}`);
    const entryPoint = write('loads.mjs', `export const handler = async () => (await import('./part.mjs')).part();`);

    const { bytes, lazyBundles } = await bundleLambda({ entryPoint, outfile });
    const script = `import { handler } from ${JSON.stringify(pathToFileURL(outfile))}; console.log(await handler());`;
    const { stdout } = await runNode(['--input-type=module', '--eval', script], { cwd: tmpdir(), env: {} });

    expect(stdout).toBe('from the depth\n');
    expect(readFileSync(outfile, 'utf8')).not.toContain('from the depth');
    expect(bytes).toBe(size('main.mjs'));
    expect(lazyBundles).toEqual(['part.mjs', 'deep.mjs'].map((name) => ({ outfile: join(folder, 'parts', name), bytes: size(name) })));
  });

  it('`bundleLambda` writes no lazy bundle for an unused import()', async () => {
    write('unused/part.mjs', 'export const part = 1;');
    write('unused/library.mjs', `export const used = 1; export const load = () => import('./part.mjs');`);
    const entryPoint = write('unused/main.mjs', `import { used } from './library.mjs'; export const handler = () => used;`);
    const unused = join(folder, 'unused-out', 'main.mjs');

    expect(await bundleLambda({ entryPoint, outfile: unused })).toMatchObject({ lazyBundles: [] });
    expect(existsSync(join(folder, 'unused-out', 'part.mjs'))).toBe(false);
  });

  it.each([
    ['must not import a package', { outside: `export { x } from 'left-pad'` }, /left-pad/],
    [
      'must not have the name of another such module',
      { 'a/same': '1', 'b/same': '2' },
      /two modules would have the file name `\.\/same\.mjs`/,
    ],
    ['must not have the name of the main bundle', { 'deep/main': '1' }, /two modules would have the file name `\.\/main\.mjs`/],
  ])('a module that our code loads with import() %s', async (_, modules, problem) => {
    for (const [name, text] of Object.entries(modules)) write(`${name}.mjs`, text);
    const imports = Object.keys(modules).map((name) => `import('./${name}.mjs')`);
    const entryPoint = write('loads-invalid.mjs', `export const handler = () => [${imports.join()}];`);

    await expect(bundleLambda({ entryPoint, outfile: join(folder, 'invalid', 'main.mjs') })).rejects.toThrow(problem);
    expect(existsSync(join(folder, 'invalid'))).toBe(false);
  });
});

it('the source map of a bundle leads from a stack trace to the line of the source', async () => {
  const text = ['export async function handler(event) {', '  const part = event.part;', '  return part.whole;', '}'].join('\n');
  const outfile = join(folder, 'mapped', 'main.mjs');
  await bundleLambda({ entryPoint: write('mapped.mjs', text), outfile });

  const script = `import { handler } from ${JSON.stringify(pathToFileURL(outfile))}; await handler({}).catch(({ stack }) => console.log(stack));`;
  const { stdout } = await runNode(['--enable-source-maps', '--input-type=module', '--eval', script], { cwd: folder, env: {} });

  expect(stdout).toContain('mapped.mjs:3:');
});

it("if a bundle must not be deployed, `bundleLambda` throws an error with all problems, including esbuild's warnings, and writes no file", async () => {
  const entryPoint = write('three-reasons.mjs', 'export const main = (event) => typeof event === "strnig";');
  const outfile = join(folder, 'three-reasons', 'main.mjs');

  await expect(bundleLambda({ entryPoint, outfile, budgetBytes: 10 })).rejects.toMatchObject({
    name: 'BundleError',
    problems: [
      expect.stringMatching(/three-reasons\.mjs:1: The "typeof" operator will never evaluate to "strnig"/),
      expect.stringContaining('expected an export `handler`'),
      expect.stringMatching(/^the bundle is \d+ bytes, over its budget of 10 bytes/),
    ],
  });
  expect(existsSync(outfile)).toBe(false);
});
