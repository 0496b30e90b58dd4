/**
 * Places all traffic on one axis of integers, the services. Every protocol has a segment of 65,536 integers. In the segments of tcp and
 * udp, each integer is a port. In the segments of ICMP and ICMPv6, each integer is type × 256 + code. A rule for another protocol contains
 * the whole segment of the protocol, and a rule for all traffic contains the whole axis. So the traffic of every rule is one closed
 * interval.
 */
import { ALL_TRAFFIC, protocolName, protocolNumberOfTraffic, type Traffic } from './traffic.js';

/** A closed interval of services on the axis. */
export interface Services {
  readonly first: number;
  readonly last: number;
}

/** The number of services of one protocol. */
export const SEGMENT = 0x10000;
/** The number of services of one ICMP type. */
export const CODES = 256;
export const LAST_SERVICE = 256 * SEGMENT - 1;

/** Returns the services of the traffic. */
export function serviceIntervalOfTraffic(traffic: Traffic): Services {
  if (traffic.kind === 'all') return { first: 0, last: LAST_SERVICE };
  const start = protocolNumberOfTraffic(traffic) * SEGMENT;
  switch (traffic.kind) {
    case 'ports':
      return { first: start + traffic.fromPort, last: start + traffic.toPort };
    case 'icmp': {
      const { type, code } = traffic;
      const at = (any: number) => start + (type === -1 ? any : type) * CODES + (code === -1 ? any : code);
      return { first: at(0), last: at(CODES - 1) };
    }
    case 'protocol':
      return { first: start, last: start + SEGMENT - 1 };
  }
}

/**
 * Cuts an interval into pieces that one range can express, in ascending order. The cuts are before and after each protocol or ICMP type of
 * which the interval contains only a part.
 */
export function cutServiceInterval(services: Services): readonly Services[] {
  const parts = cutServiceIntervalAtUnits(SEGMENT, services);
  // Only a part of ICMP or ICMPv6 needs a second cut, because a run of whole protocols contains only whole ICMP types.
  return parts.some(isIcmpService) ? parts.flatMap((part) => (isIcmpService(part) ? cutServiceIntervalAtUnits(CODES, part) : part)) : parts;
}

function isIcmpService({ first }: Services): boolean {
  const protocol = Math.floor(first / SEGMENT);
  return protocol === 1 || protocol === 58;
}

/**
 * Returns the protocol of a piece from `cutServiceInterval`: EC2's name for one protocol, `-1` for all protocols, and a text such as `7-16`
 * for a run of whole protocols.
 */
export function protocolOfServiceInterval({ first, last }: Services): string {
  const from = Math.floor(first / SEGMENT);
  const to = Math.floor(last / SEGMENT);
  if (from === to) return protocolName(from);
  return last - first === LAST_SERVICE ? '-1' : `${from}-${to}`;
}

/**
 * Cuts an interval into at most three pieces: the last part of a unit, a run of whole units, and the first part of a unit. A unit is one
 * protocol or one ICMP type, with `unit` services.
 */
function cutServiceIntervalAtUnits(unit: number, services: Services): readonly Services[] {
  const { first, last } = services;
  if (Math.floor(first / unit) === Math.floor(last / unit)) return [services];
  const wholeFrom = Math.ceil(first / unit) * unit;
  const wholeTo = Math.floor((last + 1) / unit) * unit;
  return [
    { first, last: wholeFrom - 1 },
    { first: wholeFrom, last: wholeTo - 1 },
    { first: wholeTo, last },
  ].filter((part) => part.first <= part.last);
}

export function serviceIntervalsOverlap(a: Services, b: Services): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function commonServiceInterval(a: Services, b: Services): Services | undefined {
  const first = Math.max(a.first, b.first);
  const last = Math.min(a.last, b.last);
  return first <= last ? { first, last } : undefined;
}

/** Joins intervals that overlap or are adjacent. Returns disjoint intervals in ascending order. */
export function mergeServiceIntervals(intervals: readonly Services[]): readonly Services[] {
  const merged: Services[] = [];
  for (const { first, last } of [...intervals].sort((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before === undefined || before.last + 1 < first) merged.push({ first, last });
    else merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, last) };
  }
  return merged;
}

/**
 * Returns the longest interval around the service that lies within the given intervals and that one rule can express. The intervals must be
 * merged, and one interval must contain the service. For a protocol without ports or types, the intervals must contain all services of the
 * protocol or none.
 */
export function widestServiceIntervalOfRule(service: number, intervals: readonly Services[]): Services {
  const around = intervals.find(({ first, last }) => first <= service && service <= last) ?? { first: service, last: service };
  if (around.last - around.first === LAST_SERVICE) return around;
  const protocol = serviceUnitAround(SEGMENT, service);
  const part = { first: Math.max(around.first, protocol.first), last: Math.min(around.last, protocol.last) };
  if (!isIcmpService(part) || part.last - part.first === protocol.last - protocol.first) return part;
  const type = serviceUnitAround(CODES, service);
  return part.first <= type.first && type.last <= part.last ? type : { first: service, last: service };
}

function serviceUnitAround(unit: number, service: number): Services {
  const first = Math.floor(service / unit) * unit;
  return { first, last: first + unit - 1 };
}

/** Returns the traffic of an interval that one rule can express. This is the inverse of `serviceIntervalOfTraffic`. */
export function trafficOfServiceInterval({ first, last }: Services): Traffic {
  const length = last - first + 1;
  if (length > LAST_SERVICE) return ALL_TRAFFIC;
  const protocol = protocolName(Math.floor(first / SEGMENT));
  switch (protocol) {
    case 'tcp':
    case 'udp':
      return { kind: 'ports', protocol, fromPort: first % SEGMENT, toPort: last % SEGMENT };
    case 'icmp':
    case 'icmpv6':
      return {
        kind: 'icmp',
        protocol,
        type: length === SEGMENT ? -1 : Math.floor(first / CODES) % CODES,
        code: length === 1 ? first % CODES : -1,
      };
    default:
      return { kind: 'protocol', protocol };
  }
}
