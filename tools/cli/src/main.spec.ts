/** Installs the package, and runs the published command in its own process. */
import { execFileSync, spawn, type StdioOptions } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INVALID, VALID } from './testing/baselines.js';
import { testFolder } from './testing/run-command.js';

const PROJECT = join(__dirname, '..');
const SOURCE = join(PROJECT, 'bin', 'portcullis.mjs');
const installation = mkdtempSync(join(tmpdir(), 'portcullis-cli-'));
const installed = join(installation, 'node_modules', '.bin', 'portcullis');
const folder = testFolder({ 'baseline.yaml': VALID });

jest.setTimeout(60_000);

beforeAll(() => {
  const built = join(installation, 'package');
  execFileSync(process.execPath, ['--conditions=@portcullis/source', '--import=tsx', 'scripts/package.mjs', built], { cwd: PROJECT });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', installation, built]);
  const [tarball = ''] = readdirSync(installation).filter((name) => name.endsWith('.tgz'));
  const offline = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', ['install', ...offline, '--prefix', installation, join(installation, tarball)]);
});
afterAll(() => {
  rmSync(installation, { recursive: true });
});

interface Ended {
  /** The exit code, or the signal that ended the process. */
  readonly end: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], stdio: StdioOptions = 'pipe', env: Readonly<Record<string, string>> = {}, command = installed) {
  const child = spawn(command, args, { cwd: folder.path, stdio, env: { ...process.env, FORCE_COLOR: undefined, ...env } });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name]?.on('data', (chunk: Buffer) => (written[name] += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ end: code ?? signal, ...written });
    });
  });
  return { child, ended };
}

it('the published package has no dependencies, and contains only one program file', () => {
  expect(readdirSync(join(installation, 'node_modules')).sort()).toEqual(['.bin', '.package-lock.json', '@portcullis']);
  expect(readdirSync(join(installation, 'node_modules', '@portcullis', 'cli'), { recursive: true }).sort()).toEqual([
    'LICENSE',
    'README.md',
    'THIRD-PARTY-LICENSES.txt',
    'bin',
    'bin/portcullis.mjs',
    'package.json',
  ]);
});

it('in a clone, the command runs without a build, and ignores a tsconfig.json in the current folder', async () => {
  folder.write('fake.ts', 'export const run = 1;');
  folder.write('tsconfig.json', '{ "compilerOptions": { "paths": { "@portcullis/*": ["./fake.ts"] } } }');

  expect(await start(['compile', 'baseline.yaml', '--out', 'baseline.json'], 'pipe', {}, SOURCE).ended).toEqual({
    end: 0,
    stdout: '',
    stderr: 'baseline.yaml: 2 baselines, 3 groups, 3 rules: compiled to baseline.json\n',
  });
  expect(folder.read('baseline.json')).toMatch(/^\{/);
});

it('the published command writes plain text to a pipe, without characters that a terminal would interpret', async () => {
  folder.write('a\u001b[2J\u202eb.yaml', INVALID);

  const { end, stdout, stderr } = await start(['check', 'a\u001b[2J\u202eb.yaml']).ended;

  expect(stderr).toMatch(/^a\uFFFD\[2J\uFFFDb\.yaml:4:21 {2}bad-value .*\na\uFFFD\[2J\uFFFDb\.yaml: 2 problems\n$/s);
  expect({ end, stdout }).toEqual({ end: 1, stdout: '' });
});

(existsSync('/dev/full') ? it : it.skip)('exits with 1 if its output cannot be written', async () => {
  const full = await open('/dev/full', 'w');

  const { end, stderr } = await start(['compile', 'baseline.yaml'], ['ignore', full.fd, 'pipe']).ended;

  expect(stderr).toContain('portcullis: cannot write: no space left on device\n');
  expect(end).toBe(1);
  await full.close();
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('the published command exits with 130 after %s while it calls AWS', async (signal) => {
  const silent = createServer();
  const called = new Promise((resolve) => silent.once('request', resolve));
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  const { child, ended } = start(['plan', '--region', 'eu-west-1', '--endpoint-url', endpoint], 'pipe', keys);
  await called;

  child.kill(signal);

  expect(await ended).toEqual({ end: 130, stdout: '', stderr: 'portcullis: interrupted\n' });
  silent.closeAllConnections();
  silent.close();
});

it('in a clone, a signal that ends the command also ends its child process', async () => {
  const pipe = folder.pathOf('pipe');
  execFileSync('mkfifo', [pipe]);
  // Opens the pipe for reading and writing, because `open` for reading would wait until the pipe has a writer.
  const both = await open(pipe, 'r+');
  const [reader, writer] = [await open(pipe, 'r'), await open(pipe, 'w')];
  await both.close();
  const { child, ended } = start(['check', '/dev/stdin'], [reader.fd, 'ignore', 'ignore'], {}, SOURCE);
  await reader.close();
  // The text is larger than the buffer of a pipe, so the write resolves only after the child reads.
  await writer.write(' '.repeat(100_000));

  child.kill('SIGTERM');

  expect((await ended).end).toBe('SIGTERM');
  await expect(writer.write('nobody reads this')).rejects.toThrow('EPIPE');
  await writer.close();
});
