import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../testing/run-command.js';
import { writeAtomically } from './write-atomically.js';

let renameFails = false;
jest.mock('node:fs/promises', () => {
  const actual = jest.requireActual<typeof promises>('node:fs/promises');
  const rename: typeof promises.rename = (from, to) =>
    renameFails
      ? Promise.reject(Object.assign(new Error('EPERM: operation not permitted, rename'), { code: 'EPERM' }))
      : actual.rename(from, to);
  return { ...actual, rename };
});

const folder = temporaryFolder();
afterEach(() => {
  renameFails = false;
});

it('makes a file that was not there', async () => {
  expect(await writeAtomically(join(folder.path, 'a.json'), '{}')).toEqual({ ok: true });

  expect(readFileSync(join(folder.path, 'a.json'), 'utf8')).toBe('{}');
});

it('leaves the file as it was, and nothing beside it, when the last step fails', async () => {
  writeFileSync(join(folder.path, 'a.json'), 'before');
  renameFails = true;

  expect(await writeAtomically(join(folder.path, 'a.json'), '{}')).toEqual({
    ok: false,
    reason: 'operation not permitted',
    exists: false,
  });

  expect(readFileSync(join(folder.path, 'a.json'), 'utf8')).toBe('before');
  expect(readdirSync(folder.path)).toEqual(['a.json']);
});

it('leaves a file that is there when it may not overwrite, and writes one that is not', async () => {
  const path = join(folder.path, 'a.json');

  expect(await writeAtomically(path, 'first', { overwrite: false })).toEqual({ ok: true });
  expect(await writeAtomically(path, 'second', { overwrite: false })).toEqual({
    ok: false,
    reason: 'file already exists',
    exists: true,
  });
  expect(readFileSync(path, 'utf8')).toBe('first');
  expect(readdirSync(folder.path)).toEqual(['a.json']);
});
