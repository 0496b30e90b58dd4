import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileProblemCode } from './file/problem.js';
import { readBaselineFile } from './file/read-baseline-file.js';

const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');

it('the README shows a complete and valid file', () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];

  const read = readBaselineFile(example);

  expect(read).toMatchObject({ ok: true });
  // Every key of the format appears in it.
  for (const key of ['mode', 'compare', 'egress', 'permit', 'until', 'reason', 'direction', 'ignore', 'prefixList', 'tag']) {
    expect(example).toContain(`${key}: `.trimEnd());
  }
});

it.each<FileProblemCode>([
  'syntax',
  'more-syntax',
  'unknown-anchor',
  'endless-alias',
  'empty-file',
  'too-large',
  'too-deep',
  'duplicate-key',
  'unknown-key',
  'missing-key',
  'wrong-type',
  'bad-value',
  'unsupported',
  'duplicate-name',
  'duplicate-group',
  'duplicate-rule',
  'duplicate-clause',
  'useless-permit',
])('the README explains the problem %s', (code) => {
  expect(readme).toContain(`\`${code}\``);
});
