/**
 * A second, simple implementation of the comparison, to check the library. This implementation knows only 72 packets and 30 rules, so the
 * packets of a set of rules fit into a bitmap. The file imports only types from the library.
 */
import type { AccessRange } from '../access/access-range.js';
import type { IpPermission } from '../rules/ec2-permission.js';

/** One of the 72 packets. With these packets, no two of the 30 rules let in the same packets. */
interface Packet {
  readonly protocol: number;
  /** A port, or type × 256 + code. */
  readonly detail: number;
  /** An IPv4 address as a number, or the id of the sender's group. */
  readonly sender: number | string;
}

const SERVICES: readonly (readonly [protocol: number, detail: number])[] = [
  [1, 8 * 256],
  [1, 8 * 256 + 1],
  [1, 9 * 256],
  [6, 0],
  [6, 1],
  [6, 2],
  [6, 65535],
  [17, 1],
  [50, 0],
];
const TEN = 10 * 2 ** 24;
const SENDERS: readonly (number | string)[] = [TEN, TEN + 1, TEN + 2, TEN + 3, TEN + 4, 0, 'sg-1', 'sg-2'];

const PACKETS: readonly Packet[] = SERVICES.flatMap(([protocol, detail]) => SENDERS.map((sender) => ({ protocol, detail, sender })));

const TRAFFIC: readonly IpPermission[] = [
  { IpProtocol: '-1' },
  { IpProtocol: 'tcp', FromPort: 0, ToPort: 0 },
  { IpProtocol: 'tcp', FromPort: 1, ToPort: 2 },
  { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535 },
  { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 },
  { IpProtocol: '50' },
];
const SOURCES: readonly IpPermission[] = [
  { IpRanges: [{ CidrIp: '10.0.0.0/30' }] },
  { IpRanges: [{ CidrIp: '10.0.0.0/31' }] },
  { IpRanges: [{ CidrIp: '10.0.0.1/32' }] },
  { IpRanges: [{ CidrIp: '10.0.0.2/31' }] },
  { UserIdGroupPairs: [{ GroupId: 'sg-1' }] },
];

/** All 30 rules. */
export const RULES: readonly IpPermission[] = TRAFFIC.flatMap((traffic) => SOURCES.map((source) => ({ ...traffic, ...source })));

/** Returns every set of at most `size` rules. */
export function setsOfRules(size: number, rules: readonly IpPermission[] = RULES): readonly (readonly IpPermission[])[] {
  if (size === 0) return [[]];
  return [[], ...rules.flatMap((rule, index) => setsOfRules(size - 1, rules.slice(index + 1)).map((set) => [rule, ...set]))];
}

/** Returns a bitmap of the packets that the permissions let in, with one bit for each packet. */
export function bitmapOf(permissions: readonly IpPermission[]): bigint {
  return bits((packet) => permissions.some((permission) => letsIn(permission, packet)));
}

/** Returns a bitmap of the packets in the ranges, or `undefined` if two ranges contain the same packet. */
export function bitmapOfRanges(ranges: readonly AccessRange[]): bigint | undefined {
  let union = 0n;
  for (const range of ranges) {
    const held = bitmapOfRange(range);
    if ((union & held) !== 0n) return undefined;
    union |= held;
  }
  return union;
}

// The bitmaps of ranges, cached: millions of comparisons use the same few ranges.
const KNOWN = new Map<string, bigint>();
function bitmapOfRange(range: AccessRange): bigint {
  const key = JSON.stringify(range);
  const known = KNOWN.get(key) ?? bits((packet) => holds(range, packet));
  KNOWN.set(key, known);
  return known;
}

function bits(test: (packet: Packet) => boolean): bigint {
  return PACKETS.reduce((map, packet, index) => (test(packet) ? map | (1n << BigInt(index)) : map), 0n);
}

const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };

function letsIn({ IpProtocol = '', FromPort = -1, ToPort = -1, ...sources }: IpPermission, packet: Packet): boolean {
  const { protocol, detail, sender } = packet;
  if (IpProtocol !== '-1') {
    if ((NUMBERS[IpProtocol] ?? Number(IpProtocol)) !== protocol) return false;
    if (IpProtocol === 'tcp' && (detail < FromPort || detail > ToPort)) return false;
    if (IpProtocol === 'icmp' && FromPort !== detail >> 8) return false;
    if (IpProtocol === 'icmp' && ToPort !== -1 && ToPort !== (detail & 255)) return false;
  }
  return (
    (sources.IpRanges ?? []).some(({ CidrIp = '' }) => isInBlock(sender, CidrIp)) ||
    (sources.UserIdGroupPairs ?? []).some(({ GroupId }) => GroupId === sender)
  );
}

function holds(range: AccessRange, { protocol, detail, sender }: Packet): boolean {
  const { source } = range;
  if ('cidr' in source ? !isInBlock(sender, source.cidr) : 'groupId' in source && source.groupId !== sender) return false;
  if ('fromPort' in range) {
    return NUMBERS[range.protocol] === protocol && range.fromPort <= detail && detail <= range.toPort;
  }
  if ('fromType' in range) {
    const type = detail >> 8;
    const code = detail & 255;
    return (
      NUMBERS[range.protocol] === protocol &&
      range.fromType <= type &&
      type <= range.toType &&
      range.fromCode <= code &&
      code <= range.toCode
    );
  }
  if (range.protocol === '-1') return true;
  const [from = NaN, to = from] = range.protocol.split('-').map(Number);
  return from <= protocol && protocol <= to;
}

function isInBlock(sender: number | string, cidr: string): boolean {
  const [address = '', prefixLength = ''] = cidr.split('/');
  const first = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return typeof sender === 'number' && sender >= first && sender < first + 2 ** (32 - Number(prefixLength));
}
