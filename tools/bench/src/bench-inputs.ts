import type { IpPermission } from '@portcullis/permission-diff';
import type { Random } from '@portcullis/permission-diff/testing';

export type PermissionPair = readonly [required: IpPermission[], actual: IpPermission[]];

export function makeBenchList<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, i) => make(i));
}

export function pickBenchItem<T>(random: Random, list: readonly [T, ...T[]]): T {
  return list[random(list.length)] ?? list[0];
}

/** Returns an IPv4 block whose prefix has `shortest` to `longest` bits. The address can have host bits, as in 10.1.2.3/8. */
export function benchRandomIpv4Block(random: Random, shortest: number, longest: number): string {
  return `${1 + random(223)}.${random(256)}.${random(256)}.${random(256)}/${shortest + random(longest - shortest + 1)}`;
}

/** Returns 60 rules: ten services, each open to five blocks and a group. */
export function benchRealisticPermissions(random: Random): IpPermission[] {
  return makeBenchList(10, (i) => ({
    IpProtocol: 'tcp',
    FromPort: 1000 + i,
    ToPort: 1000 + i,
    IpRanges: makeBenchList(5, () => ({ CidrIp: `${1 + random(223)}.${random(256)}.${random(256)}.0/24`, Description: 'a team' })),
    UserIdGroupPairs: [{ GroupId: `sg-${random(100)}`, UserId: '111122223333' }],
  }));
}

/** Returns the same rules, but with another first block for each service. */
export function benchDriftedPermissions(random: Random, group: readonly IpPermission[]): IpPermission[] {
  return group.map((permission) => ({
    ...permission,
    IpRanges: (permission.IpRanges ?? []).map((range, i) => (i === 0 ? { CidrIp: benchRandomIpv4Block(random, 32, 32) } : range)),
  }));
}

export function benchRandomPair(random: Random, size: number, rule: (random: Random) => IpPermission): PermissionPair {
  return [makeBenchList(size, () => rule(random)), makeBenchList(size, () => rule(random))];
}

/** Returns one rule of any kind: usually TCP or UDP ports, and half of the time an IPv4 block. */
export function benchRandomPermission(random: Random): IpPermission {
  const FromPort = random(60_000);
  const ports = { IpProtocol: pickBenchItem(random, ['tcp', 'tcp', 'udp']), FromPort, ToPort: FromPort + random(2) * random(5000) };
  const icmp = { IpProtocol: 'icmp', FromPort: random(20), ToPort: pickBenchItem(random, [-1, random(16)]) };
  const ipv6 = `2${random(1000)}:${makeBenchList(3, () => random(65_536).toString(16)).join(':')}::/${pickBenchItem(random, [32, 40, 48, 56, 64, 128])}`;
  const fromIpv6 = { Ipv6Ranges: [{ CidrIpv6: ipv6 }] };
  const fromGroup = { UserIdGroupPairs: [{ GroupId: `sg-${random(50)}`, UserId: '111122223333' }] };
  const fromPrefixList = { PrefixListIds: [{ PrefixListId: `pl-${random(10)}` }] };
  return {
    ...([{ IpProtocol: '-1' }, { IpProtocol: String(40 + random(18)) }, icmp][random(12)] ?? ports),
    ...([fromIpv6, fromIpv6, fromGroup, fromPrefixList][random(8)] ?? { IpRanges: [{ CidrIp: benchRandomIpv4Block(random, 8, 32) }] }),
  };
}

/** Returns one rule with a wide range of ports and with a block near 10.0.0.0, so that most such rules overlap. */
export function benchOverlappingPermission(random: Random): IpPermission {
  const FromPort = random(30_000);
  return {
    IpProtocol: 'tcp',
    FromPort,
    ToPort: FromPort + 10_000 + random(20_000),
    IpRanges: [{ CidrIp: `10.0.${random(256)}.${random(256)}/${8 + random(25)}` }],
  };
}

function benchTcpPermission(FromPort: number, ToPort: number, CidrIp: string): IpPermission {
  return { IpProtocol: 'tcp', FromPort, ToPort, IpRanges: [{ CidrIp }] };
}

/**
 * Returns two lists that open a different range of ports to each block. In the first list, each range begins at port 0. In the second list,
 * each range ends at port 65,535.
 */
export function benchStaircasePair(size: number): PermissionPair {
  const blockAt = (i: number) => `10.${(i >> 8) & 255}.${i & 255}.0/24`;
  return [
    makeBenchList(size, (i) => benchTcpPermission(0, 4 * i + 1, blockAt(i))),
    makeBenchList(size, (i) => benchTcpPermission(2 * i, 65_535, blockAt(i))),
  ];
}

/**
 * Returns two lists that differ in about size² ranges: the first opens single ports to all addresses, the second all ports to single
 * addresses.
 */
export function benchGridPair(size: number): PermissionPair {
  return [
    makeBenchList(size, (i) => benchTcpPermission(2 * i, 2 * i, '0.0.0.0/0')),
    makeBenchList(size, (i) => benchTcpPermission(0, 65_535, `10.${(i >> 7) & 255}.${(2 * i) & 255}.1/32`)),
  ];
}
