/**
 * Traffic on one axis of integers. Every protocol has a segment of 65,536 points: the ports of tcp and udp, type × 256 + code of ICMP, and
 * the whole segment as one for a protocol that has neither. All traffic is the whole axis, so each rule's traffic is one closed interval.
 */
import { canonicalProtocol, protocolNumber, type Traffic } from '../traffic.js';

/** A closed interval of the axis. */
export interface Services {
  readonly first: number;
  readonly last: number;
}

const SEGMENT = 0x10000;
/** Of one ICMP type. */
const CODES = 256;
export const LAST_SERVICE = 256 * SEGMENT - 1;

/** Returns the interval that the traffic is. */
export function servicesOf(traffic: Traffic): Services {
  if (traffic.kind === 'all') return { first: 0, last: LAST_SERVICE };
  const start = protocolNumber(traffic) * SEGMENT;
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

/** Traffic as an answer names it: whole protocols (`-1`, a number, or a run of numbers such as `7-16`), ports, or ICMP types × codes. */
export type ServiceRange =
  | { readonly protocol: string }
  | { readonly protocol: 'tcp' | 'udp'; readonly fromPort: number; readonly toPort: number }
  | {
      readonly protocol: 'icmp' | 'icmpv6';
      readonly fromType: number;
      readonly toType: number;
      readonly fromCode: number;
      readonly toCode: number;
    };

/** Cuts an interval where a person would: at the protocols, and the ICMP types, that it lets in only in part. In ascending order. */
export function cutServices(services: Services): readonly Services[] {
  return cutAt(SEGMENT, services).flatMap((part) => {
    const isIcmp = nameServices(part).protocol.startsWith('icmp');
    return isIcmp ? cutAt(CODES, part) : part;
  });
}

/** Names what `cutServices` has cut. */
export function nameServices({ first, last }: Services): ServiceRange {
  const from = Math.floor(first / SEGMENT);
  const to = Math.floor(last / SEGMENT);
  if (from < to) return { protocol: last - first === LAST_SERVICE ? '-1' : `${from}-${to}` };
  const protocol = canonicalProtocol(String(from)) ?? '';
  switch (protocol) {
    case 'tcp':
    case 'udp':
      return { protocol, fromPort: first % SEGMENT, toPort: last % SEGMENT };
    case 'icmp':
    case 'icmpv6':
      return {
        protocol,
        fromType: Math.floor(first / CODES) % CODES,
        toType: Math.floor(last / CODES) % CODES,
        fromCode: first % CODES,
        toCode: last % CODES,
      };
    default:
      return { protocol };
  }
}

/** Cuts an interval into the end of a unit, whole units, and the beginning of a unit, as far as it has them. */
function cutAt(unit: number, { first, last }: Services): readonly Services[] {
  if (Math.floor(first / unit) === Math.floor(last / unit)) return [{ first, last }];
  const wholeFrom = Math.ceil(first / unit) * unit;
  const wholeTo = Math.floor((last + 1) / unit) * unit;
  return [
    { first, last: wholeFrom - 1 },
    { first: wholeFrom, last: wholeTo - 1 },
    { first: wholeTo, last },
  ].filter((part) => part.first <= part.last);
}
