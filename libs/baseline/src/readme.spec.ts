import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
