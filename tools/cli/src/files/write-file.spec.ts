import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../command-line/io.js';
import { testFolder } from '../testing/run-command.js';
import { VALID } from '../testing/baselines.js';
import { writeFileOrStdout } from './write-file.js';

let renameFails = false;
jest.mock('node:fs', () => {
  const actual = jest.requireActual<typeof fs>('node:fs');
  const renameSync: typeof fs.renameSync = (from, to) => {
    if (renameFails) throw Object.assign(new Error('EPERM: operation not permitted, rename'), { code: 'EPERM' });
    actual.renameSync(from, to);
  };
  return { ...actual, renameSync };
});

const folder = testFolder({ 'baseline.yaml': VALID });
afterEach(() => {
  renameFails = false;
});
const write = (out: string, refusal?: string) => writeFileOrStdout('new', out, { cwd: folder.path } as Io, refusal);

it('`writeFileOrStdout` replaces a file and keeps its permission bits', () => {
  folder.write('a.json', 'old');
  fs.chmodSync(folder.pathOf('a.json'), 0o640);

  expect(write('a.json')).toBe(true);

  expect(folder.read('a.json')).toBe('new');
  expect(fs.statSync(folder.pathOf('a.json')).mode & 0o777).toBe(0o640);
});

it('`writeFileOrStdout` writes through a symbolic link and keeps the link', () => {
  fs.mkdirSync(folder.pathOf('dist'));
  folder.write('dist/real.json', 'old');
  fs.symlinkSync('dist/real.json', folder.pathOf('a.json'));

  write('a.json');

  expect(folder.read('dist/real.json')).toBe('new');
  expect(fs.lstatSync(folder.pathOf('a.json')).isSymbolicLink()).toBe(true);
});

it('if the caller passes an error message for existing files, `writeFileOrStdout` does not replace an existing file', () => {
  expect(write('a.json', 'it exists')).toBe(true);
  folder.write('a.json', 'theirs');

  expect(() => write('a.json', 'it exists')).toThrow('it exists');
  expect(folder.read('a.json')).toBe('theirs');
  expect(folder.list()).toEqual(['a.json', 'baseline.yaml']);
});

it('`writeFileOrStdout` keeps the old file and removes the temporary file if the rename fails', () => {
  folder.write('a.json', 'old');
  renameFails = true;

  expect(() => write('a.json')).toThrow('cannot write `a.json`: operation not permitted');

  expect(folder.read('a.json')).toBe('old');
  expect(folder.list()).toEqual(['a.json', 'baseline.yaml']);
});

it.each([
  ['a missing folder', join('absent', 'a.json'), 'no such file or directory'],
  ['a folder', '.', 'it is not a regular file'],
  ['a device', '/dev/null', 'it is not a regular file'],
  ['a file inside a file', join('baseline.yaml', 'a.json'), 'not a directory'],
])('`writeFileOrStdout` refuses to write to %s', (_what, out, reason) => {
  expect(() => write(out)).toThrow(`cannot write \`${out}\`: ${reason}`);
  expect(folder.list()).toEqual(['baseline.yaml']);
});
