import type { Addresses } from '@portcullis/permission-diff';
import { SENSITIVE_SERVICES } from '@portcullis/permission-diff/exposure';
import { rulesFromWords as rulesIn } from '@portcullis/permission-diff/testing';
import { exposuresOf } from './exposures.js';

/** Returns one line of text for each exposure. */
function exposed(rules: readonly string[], addresses: Addresses = new Map()): string[] {
  return exposuresOf(rulesIn(rules), addresses).map(
    ({ reach, service, traffic, sensitive, rules }) => `${reach} ${service} ${traffic} sensitive ${sensitive.length} rules ${rules.length}`,
  );
}

it.each<[string, readonly string[], readonly string[]]>([
  ['SSH from anywhere', ['tcp 22 from 0.0.0.0/0', 'tcp 22 from ::/0', 'tcp 22 from 10.0.0.0/8'], ['world SSH tcp/22 sensitive 1 rules 2']],
  ['HTTPS from anywhere', ['tcp 443 from 0.0.0.0/0'], ['world HTTPS tcp/443 sensitive 0 rules 1']],
  ['a port without a name', ['tcp 8001 from ::/0'], ['world tcp/8001 tcp/8001 sensitive 0 rules 1']],
  ['all traffic', ['-1 from 0.0.0.0/0'], [`world all traffic all traffic sensitive ${SENSITIVE_SERVICES.length} rules 1`]],
  ['halves of the world', ['tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1'], ['world SSH tcp/22 sensitive 1 rules 2']],
  ['a large public block', ['tcp 3306 from 198.51.0.0/16', 'tcp 3306 from 203.0.113.0/24'], ['wide MySQL tcp/3306 sensitive 1 rules 1']],
  [
    'a service that only several rules with different traffic expose together',
    ['tcp 22 from 0.0.0.0/5', 'tcp 20-30 from 8.0.0.0/5'],
    ['wide SSH tcp/22 sensitive 1 rules 1', 'wide tcp/20-30 tcp/20-30 sensitive 4 rules 1', 'world SSH tcp/22 sensitive 1 rules 2'],
  ],
])('`exposuresOf` finds %s', (_, lines, expected) => {
  expect(exposed(lines)).toEqual(expected);
});

it.each([
  ['a private network', 'tcp 22 from 10.0.0.0/8'],
  ['an office', 'tcp 22 from 203.0.113.0/24'],
  ['a security group', 'tcp 22 from sg-1'],
  ['a prefix list with unknown entries', 'tcp 22 from pl-1'],
])('`exposuresOf` returns no exposure for SSH from %s', (_, text) => {
  expect(exposed([text])).toEqual([]);
});

it('`exposuresOf` returns the services that a prefix list opens', () => {
  const world = new Map([['pl-1', rulesIn(['tcp 22 from 0.0.0.0/0']).map(({ source }) => source)]]);

  expect(exposed(['tcp 22 from pl-1', 'tcp 22 from pl-2'], world)).toEqual(['world SSH tcp/22 sensitive 1 rules 1']);
});

it('`exposuresOf` returns no exposure for egress to anywhere', () => {
  expect(exposuresOf(rulesIn(['-1 from 0.0.0.0/0'], 'egress'), new Map())).toEqual([]);
});
