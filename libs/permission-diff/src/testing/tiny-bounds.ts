/**
 * A second, simple implementation of bounds, to check the library. This implementation knows only 88 packets. So it can check each packet
 * (`packetsBeyond`) and try all sets of rules (`fewestRules`). The file imports only types from the library.
 */
import type { PermissionBound } from '../access/bound-access.js';
import type { IpPermission } from '../rules/ec2-permission.js';
import type { Random } from './random.js';

type Fields = Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>;

interface TinyTraffic {
  readonly fields: Fields;
  readonly services: readonly number[];
  /** Rules of different protocols never let in the same packets. */
  readonly protocol: string;
}

interface TinySource {
  readonly fields: Omit<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>;
  readonly senders: readonly number[];
  /** Sources of different kinds never overlap. */
  readonly kind: string;
  /** The prefix length of a block. */
  readonly length?: number;
}

export interface TinyRule {
  readonly traffic: TinyTraffic;
  readonly source: TinySource;
  readonly permission: IpPermission;
  /** A bitmap of the packets that the rule lets in, with one bit for each packet. */
  readonly packets: bigint;
}

const PORTS = [1, 2, 3, 4, 5];
const SERVICES = PORTS.length + 3;
const SENDERS = 11;

/** All ranges of the tcp ports 1 to 5; udp port 1; ICMP type 8; protocol 50. */
const TRAFFIC: readonly TinyTraffic[] = [
  ...PORTS.flatMap((FromPort) =>
    PORTS.filter((ToPort) => ToPort >= FromPort).map((ToPort) => ({
      fields: { IpProtocol: 'tcp', FromPort, ToPort },
      services: PORTS.filter((port) => FromPort <= port && port <= ToPort).map((port) => port - 1),
      protocol: 'tcp',
    })),
  ),
  { fields: { IpProtocol: 'udp', FromPort: 1, ToPort: 1 }, services: [5], protocol: 'udp' },
  { fields: { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 }, services: [6], protocol: 'icmp' },
  { fields: { IpProtocol: '50' }, services: [7], protocol: '50' },
];

export const OWN_ACCOUNT = '111122223333';

/** All blocks of four IPv4 addresses and of four IPv6 addresses (wide blocks first), two groups, and a prefix list. */
const SOURCES: readonly TinySource[] = [
  ...blocks(30, 0, (address, length) => ({ IpRanges: [{ CidrIp: `10.0.0.${address}/${length}` }] })),
  ...blocks(126, 4, (address, length) => ({ Ipv6Ranges: [{ CidrIpv6: `2001:db8::${address || ''}/${length}` }] })),
  { fields: { UserIdGroupPairs: [{ GroupId: 'sg-1', UserId: OWN_ACCOUNT }] }, senders: [8], kind: 'own group' },
  { fields: { UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '444455556666' }] }, senders: [9], kind: 'group' },
  { fields: { PrefixListIds: [{ PrefixListId: 'pl-1' }] }, senders: [10], kind: 'prefix list' },
];

function blocks(shortest: number, from: number, fieldsOf: (address: number, length: number) => TinySource['fields']): TinySource[] {
  return [4, 2, 1].flatMap((size, bits) =>
    [0, 1, 2, 3]
      .filter((address) => address % size === 0)
      .map((address) => ({
        fields: fieldsOf(address, shortest + bits),
        senders: Array.from({ length: size }, (_, i) => from + address + i),
        kind: shortest === 30 ? 'ipv4' : 'ipv6',
        length: shortest + bits,
      })),
  );
}

function bit(service: number, sender: number): bigint {
  return 1n << BigInt(service * SENDERS + sender);
}

/** All rules: each kind of traffic with each source. */
export const TINY_RULES: readonly TinyRule[] = TRAFFIC.flatMap((traffic) =>
  SOURCES.map((source) => ({
    traffic,
    source,
    permission: { ...traffic.fields, ...source.fields },
    packets: traffic.services.flatMap((service) => source.senders.map((sender) => bit(service, sender))).reduce((a, b) => a | b, 0n),
  })),
);

interface TinyBound {
  /** `undefined` for all traffic. */
  readonly services: readonly TinyTraffic[] | undefined;
  readonly senders: readonly TinySource[];
  readonly groups: 'none' | 'ownAccount' | 'any';
  readonly notWiderThan: Readonly<Record<string, number>> | undefined;
}

export interface TinyCase {
  readonly rules: readonly TinyRule[];
  readonly bounds: readonly TinyBound[];
  readonly permitted: readonly TinyRule[];
}

/** Returns random rules, bounds and permitted rules that often overlap. */
export function tinyCase(random: Random): TinyCase {
  const some = <T>(list: readonly T[], most: number): T[] => Array.from({ length: random(most + 1) }, () => oneOf(random, list));
  return {
    rules: some(TINY_RULES, 8),
    bounds: Array.from({ length: 1 + random(2) }, () => ({
      services: random(3) === 0 ? undefined : [oneOf(random, TRAFFIC), ...some(TRAFFIC, 1)],
      senders: some(SOURCES, 2),
      groups: oneOf(random, ['none', 'ownAccount', 'any'] as const),
      notWiderThan:
        random(2) === 0 ? undefined : { ...(random(4) > 0 && { ipv4: 30 + random(3) }), ...(random(2) > 0 && { ipv6: 126 + random(3) }) },
    })),
    permitted: some(TINY_RULES, 1),
  };
}

function oneOf<T>(random: Random, list: readonly T[]): T {
  const item = list[random(list.length)];
  if (item === undefined) throw new RangeError('an empty list');
  return item;
}

export function permissionBound({ services, senders, groups, notWiderThan }: TinyBound): PermissionBound {
  const onlyFrom: IpPermission = {};
  for (const { fields } of senders) {
    const { IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds } = fields;
    if (IpRanges !== undefined) (onlyFrom.IpRanges ??= []).push(...IpRanges);
    if (Ipv6Ranges !== undefined) (onlyFrom.Ipv6Ranges ??= []).push(...Ipv6Ranges);
    if (UserIdGroupPairs !== undefined) (onlyFrom.UserIdGroupPairs ??= []).push(...UserIdGroupPairs);
    if (PrefixListIds !== undefined) (onlyFrom.PrefixListIds ??= []).push(...PrefixListIds);
  }
  return {
    ...(services !== undefined && { services: services.map(({ fields }) => fields) }),
    ...(senders.length > 0 && { onlyFrom }),
    groups,
    ...(notWiderThan !== undefined && { notWiderThan }),
  };
}

export function packetsOf(rules: readonly TinyRule[]): bigint {
  return rules.reduce((packets, rule) => packets | rule.packets, 0n);
}

/** Returns the packets that the rules let in and the bounds forbid, by the definition of bounds. */
export function packetsBeyond({ rules, bounds, permitted }: TinyCase): bigint {
  const letIn = packetsOf(rules);
  const exempt = packetsOf(permitted);
  let beyond = 0n;
  for (const { services, senders, groups, notWiderThan } of bounds) {
    for (let service = 0; service < SERVICES; service++) {
      if (services?.some((traffic) => traffic.services.includes(service)) === false) continue;
      const isLeft = (sender: number) =>
        (letIn & ~exempt & bit(service, sender)) !== 0n && !senders.some((source) => source.senders.includes(sender));
      // Wide sources come first in `SOURCES`, so each sender belongs to the widest source whose senders all remain.
      const seen = new Set<number>();
      for (const source of SOURCES) {
        const fresh = source.senders.filter((sender) => !seen.has(sender));
        if (fresh.length === 0 || !source.senders.every(isLeft)) continue;
        for (const sender of fresh) seen.add(sender);
        const isGroupAllowed =
          source.kind.endsWith('group') && (groups === 'any' || (groups === 'ownAccount' && source.kind === 'own group'));
        const isNarrow = source.length !== undefined && source.length >= (notWiderThan?.[source.kind] ?? Infinity);
        if (!isGroupAllowed && !isNarrow) for (const sender of source.senders) beyond |= bit(service, sender);
      }
    }
  }
  return beyond;
}

/** Returns the minimum number of rules that together let in all of `wanted` and nothing outside `allowed`. */
export function fewestRules(allowed: bigint, wanted: bigint): number {
  const inside = TINY_RULES.filter(({ packets }) => (packets & ~allowed) === 0n && (packets & wanted) !== 0n);
  // A rule has one protocol and one kind of source. So the rules of each protocol and kind of source are counted separately.
  const parts = new Map<string, bigint[]>();
  for (const { traffic, source, packets } of inside) {
    const key = `${traffic.protocol} ${source.kind}`;
    parts.set(key, [...(parts.get(key) ?? []), packets]);
  }
  let fewest = 0;
  for (const part of parts.values()) {
    const longest = part.filter((packets) => !part.some((other) => other !== packets && (packets & ~other) === 0n));
    const all = longest.reduce((a, b) => a | b, 0n) & wanted;
    let count = 0;
    while (!canCover(all, longest, count)) count++;
    fewest += count;
  }
  return fewest;
}

/** Reports whether at most `count` of these sets together contain all wanted packets. */
function canCover(wanted: bigint, sets: readonly bigint[], count: number): boolean {
  if (wanted === 0n) return true;
  if (count === 0) return false;
  const one = wanted & -wanted;
  return sets.some((set) => (set & one) !== 0n && canCover(wanted & ~set, sets, count - 1));
}
