import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runNode } from './testing/run-node.js';

const command = join(__dirname, '..', 'bin', 'bundle-lambda.mjs');
const VALID = 'export const handler = (event: object): number => Object.keys(event).length;';
const app = mkdtempSync(join(tmpdir(), 'app-'));
mkdirSync(join(app, 'src'));
afterAll(() => {
  rmSync(app, { recursive: true });
});

it.each([
  [
    'prints the size of the bundle in one line',
    VALID,
    [],
    0,
    new RegExp(`^${basename(app)}: dist/main\\.mjs is \\d+ bytes, 0 % of its budget\n$`),
  ],
  ['fails if a module does not exist', `export { handler } from './absent.js';`, [], 1, /Could not resolve ".\/absent\.js"/],
  ['fails if the bundle exceeds the given budget', VALID, ['10'], 1, /over its budget of 10 bytes/],
  ['fails if the budget is not a number', VALID, ['ten'], 1, /expected the maximum size in bytes as a number, got `ten`/],
])('the command `bundle-lambda` %s', async (_, source, args, exitCode, output) => {
  writeFileSync(join(app, 'src', 'main.ts'), source);

  const run = await runNode([command, ...args], { cwd: app });

  expect(run.exitCode).toBe(exitCode);
  expect(exitCode === 0 ? run.stdout : run.stderr).toMatch(output);
  expect(exitCode === 0 ? run.stderr : run.stdout).toBe('');
});
