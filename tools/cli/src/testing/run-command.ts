/** Runs command lines in a temporary folder. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { ExitCode, Host } from '../command-line/io.js';
import { runCommandLine } from '../command-line/run.js';
import { safeTerminalText } from '../command-line/printable.js';
import { openerOf } from './account-region.js';

export interface Ran {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** The options of a run. By default, a run writes to a pipe and cannot reach AWS. */
export type Changes = Partial<Host> & { readonly isTTY?: boolean; readonly columns?: number };

export interface TestFolder {
  /** The path is set only while a test runs. */
  readonly path: string;
  pathOf(name: string): string;
  write(name: string, content: string | Buffer): void;
  read(name: string): string;
  /** The names of all files. */
  list(): string[];
  /** Splits the command at spaces, and runs the command on a simulated EC2 or with other options. */
  run(command: string, on?: SimulatedEc2 | Changes, changes?: Changes): Promise<Ran>;
}

/** Creates a new folder with these files for each test. */
export function testFolder(files: Readonly<Record<string, string>> = {}): TestFolder {
  const folder = {
    path: '',
    pathOf: (name: string) => join(folder.path, name),
    write: (name: string, content: string | Buffer) => {
      writeFileSync(folder.pathOf(name), content);
    },
    read: (name: string) => readFileSync(folder.pathOf(name), 'utf8'),
    list: () => readdirSync(folder.path).sort(),
    run: (command: string, on: SimulatedEc2 | Changes = {}, changes: Changes = {}) =>
      runIn(
        folder.path,
        command.split(' ').filter((word) => word !== ''),
        { ...(on instanceof SimulatedEc2 ? { openAccountRegion: openerOf(on) } : on), ...changes },
      ),
  };
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), 'portcullis-'));
    for (const [name, text] of Object.entries(files)) folder.write(name, text);
  });
  afterEach(() => {
    rmSync(folder.path, { recursive: true });
  });
  return folder;
}

export async function runIn(cwd: string, argv: readonly string[], { isTTY = false, columns, ...changes }: Changes = {}): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const outputTo = (name: 'stdout' | 'stderr') => ({
    isTTY,
    ...(columns !== undefined && { columns }),
    write: (text: string) => {
      // Replaces unsafe characters in the same way as main.ts.
      written[name] += safeTerminalText(text);
    },
  });
  const host: Host = {
    stdout: outputTo('stdout'),
    stderr: outputTo('stderr'),
    command: 'portcullis',
    version: '1.2.3',
    env: {},
    cwd,
    now: () => new Date('2026-11-23T12:00:00Z'),
    wait: () => Promise.resolve(),
    signal: new AbortController().signal,
    openAccountRegion: () => Promise.reject(new Error('this test has no AWS')),
    ...changes,
  };
  const exitCode = await runCommandLine(argv, host);
  return { exitCode, ...written };
}

/** Returns the result of a command that fails with these messages, one on each line. */
export function failure(...messages: readonly string[]): Ran {
  return { exitCode: 1, stdout: '', stderr: messages.map((message) => `portcullis: ${message}\n`).join('') };
}

/** Simulates a user who always gives this answer. `asked` collects the questions. */
export function person(answer: string): { readonly ask: NonNullable<Host['ask']>; readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ask: (question) => {
      asked.push(question);
      return Promise.resolve(answer);
    },
  };
}

/**
 * Returns a signal that is aborted at the first EC2 call. With `answered`, the signal is aborted after the first call whose text starts
 * with `answered`.
 */
export function interruptOn(ec2: SimulatedEc2, answered?: string): Pick<Host, 'signal'> {
  const interrupt = new AbortController();
  if (answered === undefined)
    ec2.before = () => {
      interrupt.abort();
      return undefined;
    };
  else
    ec2.after = (call) => {
      if (call.startsWith(answered)) interrupt.abort();
    };
  return { signal: interrupt.signal };
}
