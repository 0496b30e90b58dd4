import { linkSync, symlinkSync } from 'node:fs';
import { parseCompiledBaseline } from '@portcullis/baseline';
import { VALID } from '../testing/baselines.js';
import { failure, testFolder } from '../testing/run-command.js';

const folder = testFolder({ 'baseline.yaml': VALID });

it('`compile` writes the canonical JSON that the functions read', async () => {
  expect(await folder.run('compile baseline.yaml --out baseline.json')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'baseline.yaml: 2 baselines, 3 groups, 3 rules: compiled to baseline.json\n',
  });
  expect(parseCompiledBaseline(folder.read('baseline.json')).baselines.map(({ name }) => name)).toEqual(['closed', 'web']);
  for (const out of ['', '--out -', '-o -'])
    expect(await folder.run(`compile baseline.yaml ${out}`)).toEqual({ exitCode: 0, stdout: folder.read('baseline.json'), stderr: '' });
});

it.each([
  ['its own path', 'baseline.yaml'],
  ['another path', `${'../'.repeat(20)}{}/baseline.yaml`],
  ['a symbolic link', 'link.json'],
  ['a hard link', 'name.json'],
])('`compile` does not overwrite the baseline file through %s', async (_what, out) => {
  symlinkSync('baseline.yaml', folder.pathOf('link.json'));
  linkSync(folder.pathOf('baseline.yaml'), folder.pathOf('name.json'));

  expect(await folder.run(`compile baseline.yaml --out ${out.replace('{}', folder.path.slice(1))}`)).toEqual(
    failure('`--out` is the baseline file itself, `baseline.yaml`; expected another file'),
  );
  expect(folder.read('baseline.yaml')).toBe(VALID);
});
