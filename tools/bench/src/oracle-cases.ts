/** Random rules in two tellings: as the oracle knows them, and as EC2's permissions in some spelling. And answers, read back. */
import type { AccessRange, IpPermission } from '@portcullis/permission-diff';
import type { OracleRule, OracleSource } from './oracle.js';
import type { Random } from './random.js';

export interface Case {
  readonly rule: OracleRule;
  readonly permission: IpPermission;
}

/** A few rules that are likely to meet: all blocks are within or around few others, and ports are near one another. */
export function randomCases(random: Random, most: number): readonly Case[] {
  const bases = [random.below(0x1000000) * 256, random.below(0x1000000) * 256];
  return Array.from({ length: random.between(0, most) }, () => {
    const traffic = randomTraffic(random);
    const source = randomSource(random, bases);
    return {
      rule: { first: traffic.first, last: traffic.last, from: source.from },
      permission: { ...traffic.fields, ...source.fields },
    };
  });
}

interface TrafficCase {
  readonly first: number;
  readonly last: number;
  readonly fields: IpPermission;
}

const SEGMENT = 65536;

function randomTraffic(random: Random): TrafficCase {
  switch (random.below(10)) {
    case 0:
      return { first: 0, last: 256 * SEGMENT - 1, fields: { IpProtocol: random.pick(['-1', 'all']) } };
    case 1: {
      const number = random.pick([0, 2, 5, 7, 16, 18, 47, 50, 57, 59, 255]);
      return { first: number * SEGMENT, last: (number + 1) * SEGMENT - 1, fields: { IpProtocol: String(number) } };
    }
    case 2:
    case 3: {
      const [number, names] = random.pick<[number, [string, string]]>([
        [1, ['icmp', '1']],
        [58, ['icmpv6', '58']],
      ]);
      const type = random.oneIn(4) ? -1 : random.pick([0, 3, 8, 254, 255]);
      const code = type === -1 || random.oneIn(2) ? -1 : random.pick([0, 1, 4, 255]);
      const point = (any: number) => number * SEGMENT + (type === -1 ? any : type) * 256 + (code === -1 ? any : code);
      return {
        first: point(0),
        last: point(255),
        fields: { IpProtocol: random.pick(names), FromPort: type, ToPort: code },
      };
    }
    default: {
      const [number, names] = random.pick<[number, [string, string, string]]>([
        [6, ['tcp', '6', 'TCP']],
        [17, ['udp', '17', 'UDP']],
      ]);
      const ports = [random.pick([0, 22, 80, 443, 1024, 65535]), random.pick([0, 22, 23, 442, 1023, 65535])].sort((a, b) => a - b);
      const [FromPort = 0, ToPort = 0] = ports;
      return {
        first: number * SEGMENT + FromPort,
        last: number * SEGMENT + ToPort,
        fields: { IpProtocol: random.pick(names), FromPort, ToPort },
      };
    }
  }
}

interface SourceCase {
  readonly from: OracleSource;
  readonly fields: IpPermission;
}

function randomSource(random: Random, bases: readonly number[]): SourceCase {
  switch (random.below(8)) {
    case 0: {
      const GroupId = random.pick(['sg-1', 'sg-2']);
      const UserId = random.pick(['111122223333', '444455556666']);
      return { from: { opaque: `${GroupId} of ${UserId}` }, fields: { UserIdGroupPairs: [{ GroupId, UserId }] } };
    }
    case 1: {
      const PrefixListId = random.pick(['pl-1', 'pl-2']);
      return { from: { opaque: PrefixListId }, fields: { PrefixListIds: [{ PrefixListId }] } };
    }
    case 2:
    case 3: {
      // The first 32 bits are those of an IPv4 base, so that IPv6 blocks meet one another, too.
      const address =
        (BigInt(random.pick([bases[0] ?? 0, bases[1] ?? 0])) << 96n) | (BigInt(random.below(256)) << BigInt(random.pick([0, 8, 64, 88])));
      const length = random.pick([0, 1, 3, 28, 31, 32, 33, 40, 63, 64, 65, 127, 128]);
      return {
        from: blockOf(6, address, length),
        fields: { Ipv6Ranges: [{ CidrIpv6: `${ipv6Text(address)}/${length}` }] },
      };
    }
    default: {
      const address = random.pick([bases[0] ?? 0, bases[1] ?? 0]) + random.below(256);
      const length = random.pick([0, 1, 2, 8, 22, 23, 24, 25, 26, 30, 31, 32]);
      return {
        from: blockOf(4, BigInt(address), length),
        fields: { IpRanges: [{ CidrIp: `${ipv4Text(address)}/${length}` }] },
      };
    }
  }
}

function blockOf(family: 4 | 6, address: bigint, length: number): OracleSource {
  const size = 1n << BigInt((family === 4 ? 32 : 128) - length);
  const low = (address / size) * size;
  return { family, low, high: low + size - 1n };
}

function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** All eight groups, which is right and seldom what is canonical. */
function ipv6Text(address: bigint): string {
  return Array.from({ length: 8 }, (_, i) => ((address >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':');
}

/** Returns the rules that mean what the ranges say. */
export function rulesOfRanges(ranges: readonly AccessRange[]): readonly OracleRule[] {
  return ranges.flatMap((range) => servicesOf(range).map((services) => ({ ...services, from: sourceOf(range.source) })));
}

const NUMBERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 };

function servicesOf(range: AccessRange): readonly { readonly first: number; readonly last: number }[] {
  if ('fromPort' in range) {
    const start = (NUMBERS[range.protocol] ?? NaN) * SEGMENT;
    return [{ first: start + range.fromPort, last: start + range.toPort }];
  }
  if ('fromType' in range) {
    const { protocol, fromType, toType, fromCode, toCode } = range;
    const start = (NUMBERS[protocol] ?? NaN) * SEGMENT;
    // Types with all their codes are one run.
    if (fromCode === 0 && toCode === 255) return [{ first: start + fromType * 256, last: start + toType * 256 + 255 }];
    return Array.from({ length: toType - fromType + 1 }, (_, i) => ({
      first: start + (fromType + i) * 256 + fromCode,
      last: start + (fromType + i) * 256 + toCode,
    }));
  }
  const [from = NaN, to = from] = range.protocol === '-1' ? [0, 255] : range.protocol.split('-').map(Number);
  return [{ first: from * SEGMENT, last: (to + 1) * SEGMENT - 1 }];
}

function sourceOf(source: AccessRange['source']): OracleSource {
  if ('prefixListId' in source) return { opaque: source.prefixListId };
  if ('groupId' in source) return { opaque: `${source.groupId} of ${source.userId ?? 'nobody'}` };
  const [address = '', length = ''] = source.cidr.split('/');
  if (!address.includes(':')) {
    const number = address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
    return blockOf(4, number, Number(length));
  }
  const [head = '', tail] = address.split('::');
  const groupsIn = (text: string) => (text === '' ? [] : text.split(':'));
  const before = groupsIn(head);
  const after = groupsIn(tail ?? '');
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return blockOf(
    6,
    groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n),
    Number(length),
  );
}
