import { formatTraffic } from '@portcullis/permission-diff';
import { SERVICE_NAMES, servicesNamed } from '@portcullis/permission-diff/exposure';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBaselineFile } from './file/read-baseline-file.js';

const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');

const KEYS =
  'mode compare egress permit until reason direction ignore prefixList tag within limits except repair otherwise services onlyFrom onlyTo securityGroups notWiderThan';

it('the README shows a valid file that has every key of the format', () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];

  expect(readBaselineFile(example)).toMatchObject({ ok: true });
  expect(KEYS.split(' ').filter((key) => !example.includes(`${key}:`))).toEqual([]);
});

it.each(SERVICE_NAMES)('the README lists the service %s with its ports', (name) => {
  expect(readme).toContain(`\`${name}\` (${(servicesNamed(name) ?? []).map(formatTraffic).join(', ')})`);
});
