import { chmodSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCompiledBaseline } from '@portcullis/baseline';
import { INVALID, VALID } from '../testing/baselines.js';
import { runIn, temporaryFolder } from '../testing/run-command.js';

const folder = temporaryFolder();
const pathOf = (name: string): string => join(folder.path, name);
const read = (name: string): string => readFileSync(pathOf(name), 'utf8');
const compile = (...args: string[]): ReturnType<typeof runIn> => runIn(folder.path, ['compile', ...args]);

beforeEach(() => {
  writeFileSync(pathOf('baseline.yaml'), VALID);
});

it('writes the canonical JSON that the functions read', async () => {
  const { exitCode, stdout, stderr } = await compile('baseline.yaml', '--out', 'baseline.json');

  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'baseline.yaml: 2 baselines, 3 groups, 3 rules: compiled to baseline.json\n',
  });
  expect(parseCompiledBaseline(read('baseline.json')).baselines.map(({ name }) => name)).toEqual(['closed', 'web']);
  expect(readdirSync(folder.path).sort()).toEqual(['baseline.json', 'baseline.yaml']);
});

it.each([[[]], [['--out', '-']], [['-o', '-']]])('prints it, and nothing else, with %j', async (args) => {
  await compile('baseline.yaml', '--out', 'baseline.json');

  const { exitCode, stdout, stderr } = await compile('baseline.yaml', ...args);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe(read('baseline.json'));
});

it('replaces what was compiled before, keeping who may read it', async () => {
  writeFileSync(pathOf('baseline.json'), 'before');
  chmodSync(pathOf('baseline.json'), 0o640);

  await compile('baseline.yaml', '--out', 'baseline.json');

  expect(read('baseline.json')).toMatch(/^\{/);
  expect(statSync(pathOf('baseline.json')).mode & 0o777).toBe(0o640);
});

it('follows a symbolic link and leaves it one', async () => {
  mkdirSync(pathOf('dist'));
  writeFileSync(pathOf('dist/real.json'), 'before');
  symlinkSync('dist/real.json', pathOf('baseline.json'));

  await compile('baseline.yaml', '--out', 'baseline.json');

  expect(read('dist/real.json')).toMatch(/^\{/);
  expect(lstatSync(pathOf('baseline.json')).isSymbolicLink()).toBe(true);
});

it('writes nothing of a file that is not valid, and leaves what was there', async () => {
  writeFileSync(pathOf('baseline.yaml'), INVALID);
  writeFileSync(pathOf('baseline.json'), 'before');

  const { exitCode, stdout, stderr } = await compile('baseline.yaml', '--out', 'baseline.json');

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain('baseline.yaml: 2 problems\n');
  expect(read('baseline.json')).toBe('before');
});

it('prints nothing of a file that is not valid', async () => {
  writeFileSync(pathOf('baseline.yaml'), INVALID);

  expect(await compile('baseline.yaml')).toMatchObject({ exitCode: 1, stdout: '' });
});

it.each([
  ['the file', () => undefined, 'baseline.yaml'],
  ['the file by another path', () => undefined, '../'.repeat(20) + '{}/baseline.yaml'],
  [
    'a link to it',
    () => {
      symlinkSync('baseline.yaml', pathOf('link.json'));
    },
    'link.json',
  ],
  [
    'another name of it',
    () => {
      linkSync(pathOf('baseline.yaml'), pathOf('name.json'));
    },
    'name.json',
  ],
])('does not overwrite %s that it compiles', async (_, prepare, out) => {
  prepare();

  const { exitCode, stderr } = await compile('baseline.yaml', '--out', out.replace('{}', folder.path.slice(1)));

  expect(exitCode).toBe(1);
  expect(stderr).toBe('portcullis: `--out` is the baseline file itself, `baseline.yaml`; expected another file\n');
  expect(read('baseline.yaml')).toBe(VALID);
});

it.each([
  ['a folder that is not there', 'absent/baseline.json', 'no such file or directory'],
  ['a folder', '.', 'it is not a regular file'],
  ['a device', '/dev/null', 'it is not a regular file'],
  ['a file in a file', 'baseline.yaml/baseline.json', 'not a directory'],
])('says in one line that it cannot write to %s, and leaves nothing behind', async (_, out, reason) => {
  const { exitCode, stdout, stderr } = await compile('baseline.yaml', '--out', out);

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toBe(`portcullis: cannot write \`${out}\`: ${reason}\n`);
  expect(readdirSync(folder.path)).toEqual(['baseline.yaml']);
});

it('says that a file is missing before it looks at the output', async () => {
  expect(await compile('absent.yaml', '--out', 'baseline.json')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'portcullis: cannot read `absent.yaml`: no such file or directory\n',
  });
});
