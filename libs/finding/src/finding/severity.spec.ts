import { rules } from '../testing/rules.js';
import type { Severity } from './finding.js';
import { severityOfDrift } from './severity.js';

const sshFromList = rules(['tcp 22 from pl-1']);
const eighths = Array.from({ length: 32 }, (_, i) => `tcp 22 from ${i}.0.0.0/8`);

// Source: https://www.iana.org/assignments/ipv6-unicast-address-assignments/
const REGISTRIES = [
  ...['2001::/16', '2003::/18', '2400::/12', '2410::/12', '2600::/12', '2610::/23'],
  ...['2620::/23', '2630::/12', '2800::/12', '2a00::/12', '2a10::/12', '2c00::/12'],
];

it.each<[string, string[], Severity]>([
  ['no rule', [], 'info'],
  ['SSH from the world', ['tcp 22 from 0.0.0.0/0'], 'critical'],
  ['SMB from the world over IPv6', ['tcp 445 from ::/0'], 'critical'],
  ['a range that contains a database port', ['tcp 5000-6000 from 0.0.0.0/0'], 'critical'],
  ['every port from the world', ['tcp 0-65535 from 0.0.0.0/0'], 'critical'],
  ['all traffic from the world', ['-1 from 0.0.0.0/0'], 'critical'],
  ['SSH from a block of length 0 with host bits', ['tcp 22 from 203.0.113.9/0'], 'critical'],
  ['SSH from half of the world, since another rule may add the other half', ['tcp 22 from 128.0.0.0/1'], 'critical'],
  ['SSH from every public IPv6 address', ['tcp 22 from 2000::/3'], 'critical'],
  ['OpenSearch Dashboards from the world', ['tcp 5601 from 0.0.0.0/0'], 'critical'],
  ['NFS from the world', ['tcp 2049 from 0.0.0.0/0'], 'critical'],
  ['the SQL Server Browser from the world', ['udp 1434 from 0.0.0.0/0'], 'critical'],
  ['UDP port 22 from the world, which is not SSH', ['udp 22 from 0.0.0.0/0'], 'high'],
  ['SSH from all IPv6 blocks of the regional registries', [`tcp 22 from ${REGISTRIES.join(' ')}`], 'critical'],
  ['SSH from IPv6 blocks that belong to no registry', ['tcp 22 from 3000::/4 2100::/8'], 'medium'],
  ['SSH from every private network', ['tcp 22 from 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7'], 'medium'],
  ['a web port from the world', ['tcp 8080 from 0.0.0.0/0'], 'high'],
  ['ICMP type 22 from the world, which is not a port', ['icmp 22/-1 from 0.0.0.0/0'], 'high'],
  ['SSH from one address', ['tcp 22 from 203.0.113.7/32'], 'medium'],
  ['SSH from another group', ['tcp 22 from sg-2'], 'medium'],
  ['rules that together allow less than a sixteenth of all addresses', eighths.slice(0, 8), 'medium'],
  ['rules that together allow more than a sixteenth of all addresses', eighths, 'critical'],
  [
    'a sixteenth of all addresses, half of them through a rule for all traffic',
    ['-1 from 16.0.0.0/5', 'tcp 22 from 24.0.0.0/5'],
    'critical',
  ],
  ['a sixteenth of all addresses, but half of them only on another port', ['tcp 80 from 16.0.0.0/5', 'tcp 22 from 24.0.0.0/5'], 'medium'],
  ['several rules, by the worst rule', ['tcp 8080 from 10.0.0.0/8', 'tcp 22 from ::/0', 'tcp 80 from 0.0.0.0/0'], 'critical'],
])('rates undeclared access: %s', (_, permissions, severity) => {
  expect(severityOfDrift(rules(permissions), [])).toBe(severity);
});

it.each<[string, readonly string[], Severity]>([
  ['the world', ['0.0.0.0/0'], 'critical'],
  ['the world in halves', ['0.0.0.0/1', '128.0.0.0/1'], 'critical'],
  ['a private network', ['10.0.0.0/8'], 'medium'],
  ['an empty list', [], 'medium'],
])('rates SSH from a prefix list by its contents: %s', (_, blocks, severity) => {
  const addresses = new Map([['pl-1', blocks.length === 0 ? [] : rules([`tcp 22 from ${blocks.join(' ')}`]).map(({ source }) => source)]]);

  expect(severityOfDrift(sshFromList, [], { addresses, unread: {} })).toBe(severity);
});

it('rates SSH from an unreadable prefix list as high, and SSH from a list that is not in the map as medium', () => {
  expect(severityOfDrift(sshFromList, [], { addresses: new Map(), unread: { 'pl-1': 'AccessDenied' } })).toBe('high');
  expect(severityOfDrift(sshFromList, [])).toBe('medium');
});

it.each<[string, string[], Severity]>([
  ['SSH from the world', ['tcp 22 from 0.0.0.0/0'], 'high'],
  ['a web port from the world', ['tcp 8080 from 0.0.0.0/0'], 'medium'],
  ['a web port from the world and an unreadable prefix list', ['tcp 8080 from 0.0.0.0/0', 'tcp 22 from pl-1'], 'high'],
  ['SSH from one address', ['tcp 22 from 203.0.113.7/32'], 'medium'],
  ['no rule', [], 'info'],
])('rates undeclared access to a group that nothing is attached to: %s', (_, permissions, severity) => {
  expect(severityOfDrift(rules(permissions), [], { addresses: new Map(), unread: { 'pl-1': 'AccessDenied' } }, false)).toBe(severity);
});

it('rates missing access and undeclared egress as medium', () => {
  expect(severityOfDrift([], rules(['tcp 443 from 0.0.0.0/0']))).toBe('medium');
  expect(severityOfDrift(rules(['-1 from 0.0.0.0/0'], 'egress'), [])).toBe('medium');
});
