/** What is measured: lists of permissions of every kind that the figures speak of. */
import type { IpPermission } from '@portcullis/permission-diff';
import type { Random } from './random.js';

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

function ipv4(random: Random): string {
  return times(4, () => random.below(256)).join('.');
}
function ipv6(random: Random): string {
  return `2${random.below(1000)}:${times(3, () => random.below(65536).toString(16)).join(':')}::`;
}

/** A group as teams have them: a few services, each open to some blocks and a group. `rules` rules in all, a multiple of six. */
export function realisticGroup(random: Random, rules: number): IpPermission[] {
  return times(rules / 6, (i) => ({
    IpProtocol: 'tcp',
    FromPort: 1000 + i,
    ToPort: 1000 + i,
    IpRanges: times(5, () => ({
      CidrIp: `${random.between(1, 223)}.${random.below(256)}.${random.below(256)}.0/24`,
      Description: 'a team',
    })),
    UserIdGroupPairs: [{ GroupId: `sg-${random.below(100)}`, UserId: '111122223333' }],
  }));
}

/** The same group after ten blocks of it were replaced by others. */
export function drifted(random: Random, group: readonly IpPermission[]): IpPermission[] {
  return group.map((permission, i) => ({
    ...permission,
    IpRanges: (permission.IpRanges ?? []).map((range, j) => (j === 0 && i < 10 ? { CidrIp: `${ipv4(random)}/32` } : range)),
  }));
}

/** One rule of any kind: IPv4, IPv6, groups and prefix lists; ports, ICMP, other protocols and all traffic. */
export function randomRule(random: Random): IpPermission {
  return { ...randomTraffic(random), ...randomSource(random) };
}

/** One rule for IPv4 blocks and ports only. */
export function randomIpv4Rule(random: Random): IpPermission {
  return { ...randomPorts(random), IpRanges: [{ CidrIp: `${ipv4(random)}/${random.between(8, 32)}` }] };
}

function randomTraffic(random: Random): IpPermission {
  switch (random.below(12)) {
    case 0:
      return { IpProtocol: '-1' };
    case 1:
      return { IpProtocol: String(random.between(40, 60)).replace('58', '57') };
    case 2:
      return { IpProtocol: 'icmp', FromPort: random.below(20), ToPort: random.oneIn(2) ? -1 : random.below(16) };
    default:
      return randomPorts(random);
  }
}

function randomPorts(random: Random): IpPermission {
  const FromPort = random.below(60000);
  return {
    IpProtocol: random.pick(['tcp', 'tcp', 'udp']),
    FromPort,
    ToPort: FromPort + (random.oneIn(2) ? 0 : random.below(5000)),
  };
}

function randomSource(random: Random): IpPermission {
  switch (random.below(8)) {
    case 0:
    case 1:
      return { Ipv6Ranges: [{ CidrIpv6: `${ipv6(random)}/${random.pick([32, 40, 48, 56, 64, 128])}` }] };
    case 2:
      return { UserIdGroupPairs: [{ GroupId: `sg-${random.below(50)}`, UserId: '111122223333' }] };
    case 3:
      return { PrefixListIds: [{ PrefixListId: `pl-${random.below(10)}` }] };
    default:
      return { IpRanges: [{ CidrIp: `${ipv4(random)}/${random.between(8, 32)}` }] };
  }
}

/** Blocks within one /16, many nested or the same, and wide runs of ports: everything meets everything. */
export function overlappingRule(random: Random): IpPermission {
  const FromPort = random.below(30000);
  return {
    IpProtocol: 'tcp',
    FromPort,
    ToPort: FromPort + random.between(10000, 30000),
    IpRanges: [{ CidrIp: `10.0.${random.below(256)}.${random.below(256)}/${random.between(8, 32)}` }],
  };
}

/** Pairs of lists that cost the most: for `n` rules a side, both the staircase and the grid have an answer that grows with them. */
export function staircase(n: number): readonly [IpPermission[], IpPermission[]] {
  // Block i is open on the ports 0 to i, and i to the end, so that no two blocks have the same run of ports in common.
  const step = (i: number, FromPort: number, ToPort: number): IpPermission => ({
    IpProtocol: 'tcp',
    FromPort,
    ToPort,
    IpRanges: [{ CidrIp: `10.${(i >> 8) & 255}.${i & 255}.0/24` }],
  });
  return [times(n, (i) => step(i, 0, 4 * i + 1)), times(n, (i) => step(i, 2 * i, 65535))];
}

/** Single ports open to all on one side, single addresses open on all ports on the other: about n² ranges differ. */
export function grid(n: number): readonly [IpPermission[], IpPermission[]] {
  return [
    times(n, (i) => ({ IpProtocol: 'tcp', FromPort: 2 * i, ToPort: 2 * i, IpRanges: [{ CidrIp: '0.0.0.0/0' }] })),
    times(n, (i) => ({
      IpProtocol: 'tcp',
      FromPort: 0,
      ToPort: 65535,
      IpRanges: [{ CidrIp: `10.${(i >> 7) & 255}.${(2 * i) & 255}.1/32` }],
    })),
  ];
}

export function pairOf(random: Random, n: number, rule: (random: Random) => IpPermission): readonly [IpPermission[], IpPermission[]] {
  return [times(n, () => rule(random)), times(n, () => rule(random))];
}
