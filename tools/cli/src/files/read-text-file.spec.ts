import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { testFolder } from '../testing/run-command.js';
import { readTextFile } from './read-text-file.js';

const folder = testFolder({ 'a.txt': 'text' });
const read = (name: string, maxBytes = 100) => readTextFile(name, maxBytes, { cwd: folder.path });

it('reads both plain and gzip-compressed text files', async () => {
  folder.write('a.gz', gzipSync('zipped'));

  expect([await read('a.txt'), await read('a.gz')]).toEqual(['text', 'zipped']);
});

it.each<[string, string, (name: string) => void, string]>([
  [
    'a directory',
    'folder',
    (path) => {
      mkdirSync(path);
    },
    'it is a directory',
  ],
  ['a file inside a file', 'a.txt/x', () => undefined, 'not a directory'],
  [
    'text that is not UTF-8',
    'latin1',
    () => {
      folder.write('latin1', Buffer.from('Zürich', 'latin1'));
    },
    'it is not UTF-8 text',
  ],
  [
    'a large file',
    'large',
    () => {
      folder.write('large', 'x'.repeat(101));
    },
    'it is larger than 100 bytes',
  ],
  [
    'a large gzip-compressed file',
    'bomb',
    () => {
      folder.write('bomb', gzipSync('x'.repeat(101)));
    },
    'it is larger than 100 bytes',
  ],
  ['a named pipe, which may never end', 'pipe', (path) => execFileSync('mkfifo', [path]), 'it is not a regular file'],
  ['a device', '/dev/zero', () => undefined, 'it is not a regular file'],
])('refuses %s', async (_what, name, prepare, reason) => {
  prepare(folder.pathOf(name));

  await expect(read(name)).rejects.toThrow(`cannot read \`${name}\`: ${reason}`);
});

// Root may read every file.
(process.getuid?.() === 0 ? it.skip : it)('refuses a file without read permission', async () => {
  chmodSync(folder.pathOf('a.txt'), 0);

  await expect(read('a.txt')).rejects.toThrow('cannot read `a.txt`: permission denied');
});
