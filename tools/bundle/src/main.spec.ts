import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runNode } from './testing/run-node.js';

const command = join(__dirname, '..', 'bin', 'bundle-lambda.mjs');
const app = mkdtempSync(join(tmpdir(), 'app-'));
beforeAll(() => {
  mkdirSync(join(app, 'src'));
});
afterAll(() => {
  rmSync(app, { recursive: true });
});

const bundle = (source: string, ...args: string[]): ReturnType<typeof runNode> => {
  writeFileSync(join(app, 'src', 'main.ts'), source);
  return runNode([command, ...args], { cwd: app });
};

it('bundles src/main.ts of the folder it is run in and says how large the bundle is in one line', async () => {
  const { exitCode, stdout } = await bundle('export const handler = (event: object): number => Object.keys(event).length;');

  expect(stdout).toMatch(/^\S+: dist\/main\.mjs is \d+ bytes, 0 % of its budget\n$/);
  expect(stdout.startsWith(`${basename(app)}: `)).toBe(true);
  expect(exitCode).toBe(0);
});

it.each([
  ['may not be shipped', 'export const handle = 1;', 'expected an export `handler`'],
  ['does not resolve', `export { handler } from './absent.js';`, 'Could not resolve "./absent.js"'],
])('fails and says why when the bundle %s', async (_, source, reason) => {
  const { exitCode, stdout, stderr } = await bundle(source);

  expect(stderr).toContain(reason);
  expect(stdout).toBe('');
  expect(exitCode).toBe(1);
});

it.each([
  ['10', 'over its budget of 10 bytes'],
  ['ten', 'expected the budget in bytes, got `ten`'],
])('fails with the budget %s', async (budget, reason) => {
  const { exitCode, stderr } = await bundle('export const handler = (event: object): number => Object.keys(event).length;', budget);

  expect(stderr).toContain(reason);
  expect(exitCode).toBe(1);
});
