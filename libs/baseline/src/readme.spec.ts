import { formatTraffic } from '@portcullis/permission-diff';
import { SERVICE_NAMES, servicesNamed } from '@portcullis/permission-diff/exposure';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBaselineFile } from './file/read-baseline-file.js';

const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');

const LIMIT_KEYS = ['limits', 'except', 'repair', 'otherwise', 'services', 'onlyFrom', 'onlyTo', 'securityGroups', 'notWiderThan'];

it('the README shows a complete and valid file', () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];

  const read = readBaselineFile(example);

  expect(read).toMatchObject({ ok: true });
  // Every key of the format appears in it.
  for (const key of [
    'mode',
    'compare',
    'egress',
    'permit',
    'until',
    'reason',
    'direction',
    'ignore',
    'prefixList',
    'tag',
    'within',
    ...LIMIT_KEYS,
  ]) {
    expect(example).toContain(`${key}: `.trimEnd());
  }
});

it.each(SERVICE_NAMES)('the README lists the service %s with its ports', (name) => {
  expect(readme).toContain(`\`${name}\` (${(servicesNamed(name) ?? []).map(formatTraffic).join(', ')})`);
});
