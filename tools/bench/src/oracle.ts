/**
 * A slow second implementation of `compareAccess`, which shares no code with the library. The oracle cuts all traffic into pieces at the
 * first and last port and address of each rule. A rule allows all or nothing of a piece. The oracle checks each piece against each rule.
 */
import type { AccessRange, IpPermission } from '@portcullis/permission-diff';

/**
 * A rule for the services `first` to `last` from one source. The number of a service is protocol × 65,536 + port.
 */
export interface OracleRule {
  readonly first: number;
  readonly last: number;
  readonly from: OracleSource;
}

type OracleSource = { readonly family: 4 | 6; readonly low: bigint; readonly high: bigint } | { readonly opaque: string };
type Sender = { readonly family: 4 | 6; readonly address: bigint } | { readonly opaque: string };

/**
 * Returns a text about the first piece of traffic for which `missing` or `excess` is wrong, compared with `required` and `actual`.
 */
export function oracleFault(
  required: readonly OracleRule[],
  actual: readonly OracleRule[],
  missing: readonly OracleRule[],
  excess: readonly OracleRule[],
): string | undefined {
  return findOracleTrafficFault([...required, ...actual, ...missing, ...excess], (times) => {
    const isRequired = times(required) > 0;
    const isActual = times(actual) > 0;
    const answered = [times(missing), times(excess)].join(' and ');
    const right = [isRequired && !isActual ? 1 : 0, isActual && !isRequired ? 1 : 0].join(' and ');
    return answered === right ? undefined : `allowed ${answered} times by missing and excess, expected ${right}`;
  });
}

/**
 * Calls `faultAt` for every piece of traffic, and returns the first fault with its traffic. `faultAt` receives one service of the piece,
 * and a function `times` that counts how many of the given rules allow the piece.
 */
export function findOracleTrafficFault(
  rules: readonly OracleRule[],
  faultAt: (times: (rules: readonly OracleRule[]) => number, service: number) => string | undefined,
): string | undefined {
  const senders = oracleSenders(rules);
  for (const service of oraclePieceStarts(rules.flatMap(({ first, last }) => [first, last + 1]))) {
    for (const sender of senders) {
      const isIn = ({ first, last, from }: OracleRule) => first <= service && service <= last && oracleSourceHasSender(from, sender);
      const fault = faultAt((some) => some.filter(isIn).length, service);
      if (fault === undefined) continue;
      const who = 'opaque' in sender ? sender.opaque : `IPv${sender.family} address ${sender.address.toString(16)}`;
      return `service ${service}, ${who}: ${fault}`;
    }
  }
  return undefined;
}

/** Returns whether `rule` allows all traffic that `other` allows. */
export function oracleRuleContains(rule: OracleRule, other: OracleRule): boolean {
  if (rule.first > other.first || other.last > rule.last) return false;
  const { from } = other;
  if ('opaque' in from) return oracleSourceHasSender(rule.from, from);
  return [from.low, from.high].every((address) => oracleSourceHasSender(rule.from, { family: from.family, address }));
}

/** Returns one sender for each set of senders that match exactly the same rules. */
function oracleSenders(rules: readonly OracleRule[]): readonly Sender[] {
  const opaque = new Set<string>();
  const edges: Record<4 | 6, bigint[]> = { 4: [], 6: [] };
  for (const { from } of rules) {
    if ('opaque' in from) opaque.add(from.opaque);
    else edges[from.family].push(from.low, from.high + 1n);
  }
  return [
    ...[...opaque].map((name) => ({ opaque: name })),
    ...([4, 6] as const).flatMap((family) => oraclePieceStarts(edges[family]).map((address) => ({ family, address }))),
  ];
}

/** Returns the sorted edges without the last edge, because no piece of traffic starts at the last edge. */
function oraclePieceStarts<T extends number | bigint>(edges: readonly T[]): readonly T[] {
  return [...new Set(edges)].sort((a, b) => (a < b ? -1 : 1)).slice(0, -1);
}

function oracleSourceHasSender(source: OracleSource, sender: Sender): boolean {
  if ('opaque' in source || 'opaque' in sender) return 'opaque' in source && 'opaque' in sender && source.opaque === sender.opaque;
  return source.family === sender.family && source.low <= sender.address && sender.address <= source.high;
}

const SEGMENT = 65_536;
const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };

/** Returns the rule of a permission with exactly one source. */
export function oracleRuleOfPermission(permission: IpPermission): OracleRule {
  const { IpProtocol = '', FromPort = -1, ToPort = -1, IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds } = permission;
  const cidr = IpRanges?.[0]?.CidrIp ?? Ipv6Ranges?.[0]?.CidrIpv6;
  const group = UserIdGroupPairs?.[0];
  const opaque = group === undefined ? PrefixListIds?.[0]?.PrefixListId : `${group.GroupId ?? ''} of ${group.UserId ?? ''}`;
  const from = cidr === undefined ? { opaque: opaque ?? '' } : oracleCidrBlock(cidr);
  const name = IpProtocol.toLowerCase();
  if (name === '-1' || name === 'all') return { first: 0, last: 256 * SEGMENT - 1, from };
  const number = NUMBERS[name] ?? Number(name);
  const start = number * SEGMENT;
  if (number === 6 || number === 17) return { first: start + FromPort, last: start + ToPort, from };
  if (number !== 1 && number !== 58) return { first: start, last: start + SEGMENT - 1, from };
  // Each ICMP type has 256 codes, and -1 means every type or every code.
  const point = (every: number) => start + (FromPort === -1 ? every : FromPort) * 256 + (ToPort === -1 ? every : ToPort);
  return { first: point(0), last: point(255), from };
}

export function oracleRulesOfRanges(ranges: readonly AccessRange[]): readonly OracleRule[] {
  return ranges.flatMap((range) => oracleServices(range).map(([first, last]) => ({ first, last, from: oracleSource(range.source) })));
}

function oracleServices(range: AccessRange): readonly (readonly [first: number, last: number])[] {
  const start = (NUMBERS[range.protocol] ?? NaN) * SEGMENT;
  if ('fromPort' in range) return [[start + range.fromPort, start + range.toPort]];
  if ('fromType' in range) {
    const { fromType, toType, fromCode, toCode } = range;
    // If a range has all codes of its types, the numbers of its services are consecutive.
    if (fromCode === 0 && toCode === 255) return [[start + fromType * 256, start + toType * 256 + 255]];
    return Array.from({ length: toType - fromType + 1 }, (_, i) => {
      const type = start + (fromType + i) * 256;
      return [type + fromCode, type + toCode] as const;
    });
  }
  const [from = NaN, to = from] = range.protocol === '-1' ? [0, 255] : range.protocol.split('-').map(Number);
  return [[from * SEGMENT, (to + 1) * SEGMENT - 1]];
}

function oracleSource(source: AccessRange['source']): OracleSource {
  if ('prefixListId' in source) return { opaque: source.prefixListId };
  if ('groupId' in source) return { opaque: `${source.groupId} of ${source.userId ?? ''}` };
  return oracleCidrBlock(source.cidr);
}

function oracleCidrBlock(cidr: string): OracleSource {
  const [address = '', prefixLength = ''] = cidr.split('/');
  const family = address.includes(':') ? 6 : 4;
  const number =
    family === 4 ? oracleAddressNumber(address.split('.').map(Number), 256n) : oracleAddressNumber(oracleIpv6Groups(address), 65_536n);
  const size = 1n << BigInt((family === 4 ? 32 : 128) - Number(prefixLength));
  const low = (number / size) * size;
  return { family, low, high: low + size - 1n };
}

function oracleAddressNumber(digits: readonly number[], base: bigint): bigint {
  return digits.reduce((sum, digit) => sum * base + BigInt(digit), 0n);
}

function oracleIpv6Groups(address: string): readonly number[] {
  const [before = [], after = []] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].map((group) => parseInt(group, 16));
}
