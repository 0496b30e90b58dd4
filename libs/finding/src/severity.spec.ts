import type { IpPermission } from '@portcullis/permission-diff';
import type { Severity } from './finding.js';
import { severityOfDrift } from './severity.js';
import { rules, tcp } from './testing/rules.js';

const all = (...cidrs: string[]): IpPermission => ({ ...tcp(0, ...cidrs), IpProtocol: '-1' });
const range = (from: number, to: number, cidr: string): IpPermission => ({ ...tcp(from, cidr), ToPort: to });

// Source: https://www.iana.org/assignments/ipv6-unicast-address-assignments/
const REGISTRIES = [
  ...['2001::/16', '2003::/18', '2400::/12', '2410::/12', '2600::/12', '2610::/23'],
  ...['2620::/23', '2630::/12', '2800::/12', '2a00::/12', '2a10::/12', '2c00::/12'],
];

describe('the severity of what should not be let in', () => {
  it.each<[string, IpPermission, Severity]>([
    ['SSH from the world', tcp(22, '0.0.0.0/0'), 'critical'],
    ['SMB from the world, over IPv6', tcp(445, '::/0'), 'critical'],
    ['a range that contains a database port', range(5000, 6000, '0.0.0.0/0'), 'critical'],
    ['every port', range(0, 65535, '0.0.0.0/0'), 'critical'],
    ['all traffic from the world', all('0.0.0.0/0'), 'critical'],
    ['the world with host bits', tcp(22, '203.0.113.9/0'), 'critical'],
    ['half of the world', tcp(22, '128.0.0.0/1'), 'critical'], // the other half is one rule away
    ['every public IPv6 address', tcp(22, '2000::/3'), 'critical'],
    ['OpenSearch Dashboards from the world', tcp(5601, '0.0.0.0/0'), 'critical'],
    ['NFS from the world', tcp(2049, '0.0.0.0/0'), 'critical'],
    ['the SQL Server Browser from the world', { ...tcp(1434, '0.0.0.0/0'), IpProtocol: 'udp' }, 'critical'],
    ['port 22 over UDP from the world, where SSH is not', { ...tcp(22, '0.0.0.0/0'), IpProtocol: 'udp' }, 'high'],
    ['SSH from the twelve blocks that the registries have of IPv6', tcp(22, ...REGISTRIES), 'critical'],
    ['SSH from IPv6 that no registry has', tcp(22, '3000::/4', '2100::/8'), 'medium'],
    ['SSH from every private network', tcp(22, '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'), 'medium'],
    ['a web port from the world', tcp(8080, '0.0.0.0/0'), 'high'],
    ['ICMP type 22 from the world, which is no port', { ...tcp(22, '0.0.0.0/0'), IpProtocol: 'icmp', ToPort: -1 }, 'high'],
    ['SSH from one address', tcp(22, '203.0.113.7/32'), 'medium'],
    ['SSH from another group', { ...tcp(22), UserIdGroupPairs: [{ GroupId: 'sg-2' }] }, 'medium'],
    ['a wide block that is not the world', tcp(22, '10.0.0.0/8'), 'medium'],
  ])('%s is %s', (_name, permission, severity) => {
    expect(severityOfDrift(rules([permission]), [])).toBe(severity);
  });

  it('is that of what rules let in together', () => {
    const sixteenths = Array.from({ length: 32 }, (_, i) => tcp(22, `${i}.0.0.0/8`));

    expect(severityOfDrift(rules(sixteenths.slice(0, 8)), [])).toBe('medium');
    expect(severityOfDrift(rules(sixteenths), [])).toBe('critical');
    // One sixteenth more: a part of it on all traffic, a part on the port.
    expect(severityOfDrift(rules([all('16.0.0.0/5'), tcp(22, '24.0.0.0/5')]), [])).toBe('critical');
    // No port is open to a sixteenth.
    expect(severityOfDrift(rules([tcp(80, '16.0.0.0/5'), tcp(22, '24.0.0.0/5')]), [])).toBe('medium');
  });

  it('is that of the worst rule', () => {
    expect(severityOfDrift(rules([tcp(8080, '10.0.0.0/8'), tcp(22, '::/0'), tcp(80, '0.0.0.0/0')]), [])).toBe('critical');
  });
});

it.each<[string, readonly string[], Severity]>([
  ['holds the world', ['0.0.0.0/0'], 'critical'],
  ['holds it in halves', ['0.0.0.0/1', '128.0.0.0/1'], 'critical'],
  ['holds a private network', ['10.0.0.0/8'], 'medium'],
  ['holds nothing', [], 'medium'],
])('judges SSH from a prefix list by what it holds: one that %s', (_what, blocks, severity) => {
  const held = blocks.length === 0 ? [] : rules([tcp(22, ...blocks)]).map(({ source }) => source);
  const ssh = rules([{ ...tcp(22), PrefixListIds: [{ PrefixListId: 'pl-1' }] }]);

  expect(severityOfDrift(ssh, [], { addresses: new Map([['pl-1', held]]), unread: {} })).toBe(severity);
  expect(severityOfDrift(ssh, [])).toBe('medium');
});

it('declared traffic that is not let in is medium: an outage', () => {
  expect(severityOfDrift([], rules([tcp(443, '0.0.0.0/0')]))).toBe('medium');
});

it('egress to the world lets nobody in', () => {
  expect(severityOfDrift(rules([all('0.0.0.0/0')], 'egress'), [])).toBe('medium');
});

it('nothing is info', () => {
  expect(severityOfDrift([], [])).toBe('info');
});
