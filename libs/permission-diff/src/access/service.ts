/**
 * Traffic on one axis of integers. Every protocol has a segment of 65,536 points: the ports of tcp and udp, type × 256 + code of ICMP, and
 * the whole segment as one for a protocol that has neither. All traffic is the whole axis, so each rule's traffic is one closed interval.
 */
import { protocolNumber, type Traffic } from '../traffic.js';

/** A closed interval of the axis. */
export interface Services {
  readonly first: number;
  readonly last: number;
}

const SEGMENT = 0x10000;
export const LAST_SERVICE = 256 * SEGMENT - 1;

/** Returns the interval that the traffic is. */
export function servicesOf(traffic: Traffic): Services {
  if (traffic.kind === 'all') return { first: 0, last: LAST_SERVICE };
  const start = protocolNumber(traffic) * SEGMENT;
  switch (traffic.kind) {
    case 'ports':
      return { first: start + traffic.fromPort, last: start + traffic.toPort };
    case 'icmp': {
      if (traffic.type === -1) return { first: start, last: start + SEGMENT - 1 };
      const type = start + traffic.type * 256;
      return traffic.code === -1
        ? { first: type, last: type + 255 }
        : { first: type + traffic.code, last: type + traffic.code };
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

/** A named part of the axis. */
export interface NamedServices extends Services {
  readonly range: ServiceRange;
}

/** Cuts an interval where a person would: at the protocols that it lets in only in part. In ascending order, none overlapping. */
export function nameServices({ first, last }: Services): readonly NamedServices[] {
  const head = protocolAt(first);
  const tail = protocolAt(last);
  const headIsWhole = first === head * SEGMENT;
  const tailIsWhole = last === tail * SEGMENT + SEGMENT - 1;
  if (head === tail && !(headIsWhole && tailIsWhole)) return nameWithin(head, first, last);
  const from = headIsWhole ? head : head + 1;
  const to = tailIsWhole ? tail : tail - 1;
  return [
    ...(headIsWhole ? [] : nameWithin(head, first, from * SEGMENT - 1)),
    ...(from <= to ? nameWhole(from, to) : []),
    ...(tailIsWhole ? [] : nameWithin(tail, tail * SEGMENT, last)),
  ];
}

function protocolAt(service: number): number {
  return Math.floor(service / SEGMENT);
}

/** Names protocols that are let in as a whole. */
function nameWhole(from: number, to: number): readonly NamedServices[] {
  const first = from * SEGMENT;
  const last = to * SEGMENT + SEGMENT - 1;
  if (from === to) return nameWithin(from, first, last);
  const protocol = last - first === LAST_SERVICE ? '-1' : `${from}-${to}`;
  return [{ first, last, range: { protocol } }];
}

/** Names a part of one protocol, or all of it. */
function nameWithin(protocol: number, first: number, last: number): readonly NamedServices[] {
  const fromPoint = first % SEGMENT;
  const toPoint = last % SEGMENT;
  switch (protocol) {
    case 6:
    case 17:
      return [
        {
          first,
          last,
          range: { protocol: protocol === 6 ? 'tcp' : 'udp', fromPort: fromPoint, toPort: toPoint },
        },
      ];
    case 1:
    case 58:
      return nameIcmp(protocol === 1 ? 'icmp' : 'icmpv6', protocol * SEGMENT, fromPoint, toPoint);
    default:
      return [{ first, last, range: { protocol: String(protocol) } }];
  }
}

/** A run of type × 256 + code is at most three rectangles: codes of the first type, whole types, codes of the last type. */
function nameIcmp(
  protocol: 'icmp' | 'icmpv6',
  start: number,
  fromPoint: number,
  toPoint: number,
): readonly NamedServices[] {
  const rectangles: NamedServices[] = [];
  const add = (fromType: number, toType: number, fromCode: number, toCode: number) => {
    rectangles.push({
      first: start + fromType * 256 + fromCode,
      last: start + toType * 256 + toCode,
      range: { protocol, fromType, toType, fromCode, toCode },
    });
  };
  let type = fromPoint >> 8;
  const lastType = toPoint >> 8;
  const fromCode = fromPoint & 255;
  const toCode = toPoint & 255;
  if (type === lastType) {
    add(type, type, fromCode, toCode);
    return rectangles;
  }
  if (fromCode > 0) {
    add(type, type, fromCode, 255);
    type++;
  }
  const lastWhole = toCode === 255 ? lastType : lastType - 1;
  if (type <= lastWhole) add(type, lastWhole, 0, 255);
  if (toCode < 255) add(lastType, lastType, 0, toCode);
  return rectangles;
}
