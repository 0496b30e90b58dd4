import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExitCode, Io } from '../program/io.js';
import { printable } from '../terminal/printable.js';
import { run } from '../program/run.js';

export interface Ran {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in the folder and keeps what it writes. */
export async function runIn(
  cwd: string,
  argv: readonly string[],
  { isTTY = false, columns, ...changes }: Partial<Io> & { isTTY?: boolean; columns?: number } = {},
): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const outputTo = (name: 'stdout' | 'stderr') => ({
    isTTY,
    ...(columns !== undefined && { columns }),
    write: (text: string) => {
      // As in main.ts.
      written[name] += printable(text);
    },
  });
  const io: Io = {
    stdout: outputTo('stdout'),
    stderr: outputTo('stderr'),
    version: '1.2.3',
    env: {},
    cwd,
    now: () => new Date('2026-11-23T12:00:00Z'),
    wait: () => Promise.resolve(),
    signal: new AbortController().signal,
    openAccountRegion: () => Promise.reject(new Error('this test has no AWS')),
    ...changes,
  };
  const exitCode = await run(argv, io);
  return { exitCode, ...written };
}

/** A new folder for each test; its path is read when the test runs. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), 'portcullis-'));
    mkdirSync(folder.path, { recursive: true });
  });
  afterEach(() => {
    rmSync(folder.path, { recursive: true });
  });
  return folder;
}
