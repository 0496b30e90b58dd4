import { rulesFromWords as rules } from '@portcullis/permission-diff/testing';
import type { Control } from './finding.js';
import { controlsBrokenBy, controlWords, controlRequirements } from './controls.js';

const NO_LISTS = new Map<string, []>();

function idsOf(standard: string, controls: readonly Control[]): string[] {
  return controls.flatMap((control) => (control.standard === standard ? [control.id] : []));
}

it.each<[string, string[], string[], string[]]>([
  ['nothing', [], [], []],
  ['SSH from one network', ['tcp 22 from 203.0.113.0/24'], [], []],
  ['SSH over IPv4', ['tcp 22 from 0.0.0.0/0'], ['EC2.13', 'EC2.18', 'EC2.19', 'EC2.53'], ['5.3']],
  ['SSH over IPv6', ['tcp 22 from ::/0'], ['EC2.13', 'EC2.18', 'EC2.19', 'EC2.54'], ['5.4']],
  ['SSH in two halves', ['tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1'], ['EC2.13', 'EC2.18', 'EC2.19', 'EC2.53'], ['5.3']],
  ['RDP over UDP', ['udp 3389 from 0.0.0.0/0'], ['EC2.18', 'EC2.53'], ['5.3']],
  ['a range that contains RDP', ['tcp 3000-4000 from 0.0.0.0/0'], ['EC2.14', 'EC2.18', 'EC2.19', 'EC2.53'], ['5.3']],
  ['web servers', ['tcp 80 from 0.0.0.0/0', 'tcp 443 from ::/0'], [], []],
  ['a range between the web ports', ['tcp 80-443 from 0.0.0.0/0'], ['EC2.18', 'EC2.19'], []],
  ['QUIC, because EC2.18 permits no UDP port', ['udp 443 from 0.0.0.0/0'], ['EC2.18'], []],
  ['ICMP, which has no port', ['icmp 8/0 from 0.0.0.0/0'], [], []],
  ['all traffic', ['-1 from 0.0.0.0/0', '-1 from ::/0'], ['EC2.13', 'EC2.14', 'EC2.18', 'EC2.19', 'EC2.53', 'EC2.54'], ['5.3', '5.4']],
])('`controlsBrokenBy` returns the controls that are broken by %s', (_, lines, hub, cis) => {
  const controls = controlsBrokenBy(rules(lines), NO_LISTS, 'web');

  expect(idsOf('AWS Security Hub', controls)).toEqual(hub);
  expect(idsOf('CIS AWS Foundations Benchmark v5.0.0', controls)).toEqual(cis);
});

it('`controlsBrokenBy` returns a requirement of a standard only once, even if several broken controls map to this requirement', () => {
  expect(controlRequirements(controlsBrokenBy(rules(['tcp 22 from 0.0.0.0/0']), NO_LISTS, null))).toEqual([
    ...['EC2.13', 'EC2.18', 'EC2.19', 'EC2.53'].map((id) => `AWS Security Hub/${id}`),
    ...['EC2.18', 'EC2.19'].map((id) => `AWS Foundational Security Best Practices v1.0.0/${id}`),
    'CIS AWS Foundations Benchmark v5.0.0/5.3',
    'CIS AWS Foundations Benchmark v3.0.0/5.2',
    'PCI DSS v4.0.1/1.3.1',
    ...['AC-4', 'AC-4(21)', 'SC-7', 'SC-7(11)', 'SC-7(16)', 'SC-7(21)', 'SC-7(4)', 'SC-7(5)', 'CM-7', 'CA-9(1)', 'CM-2', 'CM-2(2)'].map(
      (id) => `NIST.800-53.r5/${id}`,
    ),
  ]);
});

it('for a control of only IPv4 or only IPv6, `controlsBrokenBy` ignores the entries of the other address family in a prefix list', () => {
  const addresses = new Map([['pl-1', rules(['tcp 22 from 0.0.0.0/0', 'tcp 22 from 2001:db8::/32']).map(({ source }) => source)]]);

  const words = 'EC2.13, EC2.18, EC2.19, EC2.53; CIS AWS Foundations Benchmark v5.0.0: 5.3';
  expect(controlWords(controlsBrokenBy(rules(['tcp 22 from pl-1']), addresses, null))).toBe(words);
  expect(controlsBrokenBy(rules(['tcp 22 from pl-2']), addresses, null)).toEqual([]);
});

it('`controlsBrokenBy` returns EC2.2 for a default group with any rule, and for no other group', () => {
  const egress = rules(['tcp 443 from 10.0.0.0/8'], 'egress');

  expect(controlWords(controlsBrokenBy(egress, NO_LISTS, 'default'))).toBe('EC2.2; CIS AWS Foundations Benchmark v5.0.0: 5.5');
  expect(controlsBrokenBy(egress, NO_LISTS, 'default-2')).toEqual([]);
  expect(controlsBrokenBy([], NO_LISTS, 'default')).toEqual([]);
});

it('`controlsBrokenBy` returns at most the 32 requirements that Security Hub accepts, even if all traffic is open', () => {
  const open = rules(['-1 from 0.0.0.0/0', '-1 from ::/0']);

  expect(controlsBrokenBy(open, NO_LISTS, 'default').length).toBeLessThanOrEqual(32);
});

it('`controlsBrokenBy` returns no control for egress to the world', () => {
  expect(controlsBrokenBy(rules(['-1 from 0.0.0.0/0'], 'egress'), NO_LISTS, 'web')).toEqual([]);
});
