/**
 * Numbers all traffic by integers, the services. Each protocol has 65,536 services. A service of tcp or udp is a port. A service of ICMP or
 * ICMPv6 is a type and a code: type × 256 + code. A rule for another protocol contains all services of the protocol. A rule for all traffic
 * contains all services. So the traffic of each rule is one interval of services.
 */
import { ALL_TRAFFIC, protocolName, protocolNumberOfTraffic, type Traffic } from './traffic.js';

/** An interval of services, including `first` and `last`. */
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
 * Cuts an interval into pieces, in ascending order. Each piece can be written as one range. If the interval contains only a part of a
 * protocol or of an ICMP type, that part is a piece of its own.
 */
export function cutServiceInterval(services: Services): readonly Services[] {
  const parts = cutServiceIntervalAtUnits(SEGMENT, services);
  // A part of ICMP or ICMPv6 is cut again, at the borders of ICMP types.
  return parts.some(isIcmpService) ? parts.flatMap((part) => (isIcmpService(part) ? cutServiceIntervalAtUnits(CODES, part) : part)) : parts;
}

function isIcmpService({ first }: Services): boolean {
  const protocol = Math.floor(first / SEGMENT);
  return protocol === 1 || protocol === 58;
}

/**
 * Returns the protocol of a piece from `cutServiceInterval`: EC2's name of the protocol, `-1` for all protocols, or a range of protocol
 * numbers such as `7-16`.
 */
export function protocolOfServiceInterval({ first, last }: Services): string {
  const from = Math.floor(first / SEGMENT);
  const to = Math.floor(last / SEGMENT);
  if (from === to) return protocolName(from);
  return last - first === LAST_SERVICE ? '-1' : `${from}-${to}`;
}

/**
 * Cuts an interval into at most three pieces: a part of the first unit, the whole units, and a part of the last unit. A unit is a protocol
 * or an ICMP type, and has `unit` services.
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

/** Joins intervals that overlap or are adjacent. The result is disjoint and in ascending order. */
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
 * Returns the longest interval that contains the service, lies within one of the given intervals, and is the traffic of one rule. The given
 * intervals must be disjoint and not adjacent, and one interval must contain the service. If a protocol has neither ports nor types, the
 * intervals must contain all services of the protocol or none.
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

/** Returns the traffic of an interval. The interval must come from `serviceIntervalOfTraffic` or `widestServiceIntervalOfRule`. */
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
