import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

it.each([
  ['no settings file', ['--out', 'module'], /^expected one settings file and `--out FOLDER`$/m],
  ['a missing settings file', ['none.yaml', '--out', 'module'], /^none\.yaml: cannot be read: ENOENT/],
])('`portcullis-module` prints the problem and fails for %s', (_, args, problem) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@portcullis/source', '--import=tsx', join(__dirname, 'main.ts'), ...args],
    { encoding: 'utf8' },
  );

  expect(stderr).toMatch(problem);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});
