import { execFile, execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { INVALID, VALID } from './testing/baselines.js';
import { temporaryFolder } from './testing/run-command.js';

const bin = join(__dirname, '../bin/portcullis.mjs');
const folder = temporaryFolder();

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a shell would, in the temporary folder. */
const portcullis = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(bin, args, { cwd: folder.path }, (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode, stdout, stderr });
    });
  });

// Two processes start for each test, and compile TypeScript.
jest.setTimeout(60_000);

it('is an executable file', () => {
  expect(() => {
    accessSync(bin, constants.X_OK);
  }).not.toThrow();
});

it('works in the folder of the user with nothing built, whatever TypeScript is told there', async () => {
  writeFileSync(join(folder.path, 'baseline.yaml'), VALID);
  writeFileSync(join(folder.path, 'fake.ts'), 'export const run = 1;');
  writeFileSync(join(folder.path, 'tsconfig.json'), '{ "compilerOptions": { "paths": { "@portcullis/*": ["./fake.ts"] } } }');

  expect(await portcullis('compile', 'baseline.yaml', '--out', 'baseline.json')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'baseline.yaml: 2 baselines, 3 groups, 3 rules: compiled to baseline.json\n',
  });
  expect(readFileSync(join(folder.path, 'baseline.json'), 'utf8')).toMatch(/^\{/);
});

it('writes nothing that a terminal would obey', async () => {
  const { exitCode, stderr } = await portcullis('check', 'a\u001b[2J\u202eb.yaml');

  expect(stderr).toBe('portcullis: cannot read `a\uFFFD[2J\uFFFDb.yaml`: no such file or directory\n');
  expect(exitCode).toBe(1);
});

it('passes on the exit code, and what is wrong in plain text when it is piped', async () => {
  writeFileSync(join(folder.path, 'baseline.yaml'), INVALID);

  const { exitCode, stdout, stderr } = await portcullis('check', 'baseline.yaml');

  expect(stderr).toMatch(/^baseline\.yaml:4:21 {2}bad-value .*\nbaseline\.yaml: 2 problems\n$/s);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});

it('prints the version of its package', async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { version: string };

  expect(await portcullis('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

(existsSync('/dev/full') ? it : it.skip)('says that its output cannot be written, and ends with 1', async () => {
  writeFileSync(join(folder.path, 'baseline.yaml'), VALID);
  const full = await open('/dev/full', 'w');
  const command = spawn(bin, ['compile', 'baseline.yaml'], {
    cwd: folder.path,
    stdio: ['ignore', full.fd, 'pipe'],
  });
  const told: Buffer[] = [];
  command.stderr?.on('data', (chunk: Buffer) => told.push(chunk));

  expect(await new Promise((resolve) => command.on('close', resolve))).toBe(1);
  expect(Buffer.concat(told).toString()).toContain('portcullis: cannot write: no space left on device\n');
  await full.close();
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s while AWS is asked is an interrupt: it says so, and ends with 130',
  async (signal) => {
    writeFileSync(join(folder.path, 'baseline.yaml'), VALID);
    const silent = createServer();
    const asked = new Promise((resolve) => silent.once('request', resolve));
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const command = spawn(bin, ['plan', '--region', 'eu-west-1', '--endpoint-url', endpoint], {
      cwd: folder.path,
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' },
    });
    const told: Buffer[] = [];
    command.stderr.on('data', (chunk: Buffer) => told.push(chunk));
    const ended = new Promise((resolve) => {
      command.on('close', resolve);
    });
    await asked;

    command.kill(signal);

    expect(await ended).toBe(130);
    expect(Buffer.concat(told).toString()).toBe('portcullis: interrupted\n');
    silent.closeAllConnections();
    silent.close();
  },
);

it('ends when it is told to, and its child with it', async () => {
  const pipe = join(folder.path, 'pipe');
  execFileSync('mkfifo', [pipe]);
  // Only a pipe with a writer can be opened to be read.
  const both = await open(pipe, 'r+');
  const [reader, writer] = [await open(pipe, 'r'), await open(pipe, 'w')];
  await both.close();
  const command = spawn(bin, ['check', '/dev/stdin'], { cwd: folder.path, stdio: [reader.fd, 'ignore', 'ignore'] });
  await reader.close();
  const ended = new Promise((resolve) => {
    command.on('exit', (_, signal) => {
      resolve(signal);
    });
  });
  // More than a pipe holds: it is written once the child reads.
  await writer.write(' '.repeat(100_000));

  command.kill('SIGTERM');

  expect(await ended).toBe('SIGTERM');
  await expect(writer.write('nobody reads this')).rejects.toThrow('EPIPE');
  await writer.close();
});
