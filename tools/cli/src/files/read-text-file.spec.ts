import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { testFolder } from '../testing/run-command.js';
import { readTextFile } from './read-text-file.js';

const folder = testFolder({ 'a.txt': 'text', large: 'x'.repeat(101) });
const read = (name: string, maxBytes = 100) => readTextFile(name, maxBytes, { cwd: folder.path });

it('`readTextFile` reads both plain and gzip-compressed text files', async () => {
  folder.write('a.gz', gzipSync('zipped'));

  expect([await read('a.txt'), await read('a.gz')]).toEqual(['text', 'zipped']);
});

it.each([
  ['a directory', 'folder', 'it is a directory'],
  ['a file inside a file', 'a.txt/x', 'not a directory'],
  ['text that is not UTF-8', 'latin1', 'it is not UTF-8 text'],
  ['a large file', 'large', 'it is larger than 100 bytes'],
  ['a large gzip-compressed file', 'bomb', 'it is larger than 100 bytes'],
  ['a named pipe, which may never end', 'pipe', 'it is not a regular file'],
  ['a device', '/dev/zero', 'it is not a regular file'],
])('`readTextFile` refuses %s', async (_what, name, reason) => {
  mkdirSync(folder.pathOf('folder'));
  folder.write('latin1', Buffer.from('Zürich', 'latin1'));
  folder.write('bomb', gzipSync('x'.repeat(101)));
  execFileSync('mkfifo', [folder.pathOf('pipe')]);

  await expect(read(name)).rejects.toThrow(`cannot read \`${name}\`: ${reason}`);
});

// The root user can read every file.
(process.getuid?.() === 0 ? it.skip : it)('`readTextFile` refuses a file without read permission', async () => {
  chmodSync(folder.pathOf('a.txt'), 0);

  await expect(read('a.txt')).rejects.toThrow('cannot read `a.txt`: permission denied');
});
