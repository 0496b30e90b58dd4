import { CODES, cutServiceInterval, protocolOfServiceInterval, SEGMENT, type Services } from '../rules/service.js';
import { compareSources, type Source } from '../rules/source.js';
import type { ServiceRange } from '../rules/traffic.js';
import type { Run } from './difference.js';
import { accessSourceOf, type AccessSource } from './access-source.js';

/**
 * Traffic from one source. `protocol` is `tcp`, `udp`, `icmp`, `icmpv6`, or the number of another protocol. `-1` means all protocols, and
 * `7-16` means the protocols 7 to 16. Ranges of ports, types and codes include both ends.
 */
export type AccessRange = ServiceRange & { readonly source: AccessSource };

/** Returns the traffic of the runs as disjoint ranges in canonical order: by protocol number, then ports, then source. */
export function accessRangesOf(runs: readonly Run[]): AccessRange[] {
  // Cuts each run into intervals, and collects the senders of each interval. A key contains the first and the last service of an interval:
  // each has 24 bits, so a JavaScript number holds the key exactly.
  const pieces = new Map<number, { readonly interval: Services; readonly senders: (readonly Source[])[] }>();
  for (const { senders, ...services } of runs) {
    for (const interval of cutServiceInterval(services)) {
      const key = interval.first * 2 ** 24 + interval.last;
      const piece = pieces.get(key);
      if (piece === undefined) pieces.set(key, { interval, senders: [senders] });
      else piece.senders.push(senders);
    }
  }
  const ranges: AccessRange[] = [];
  // Numbers sort faster than objects.
  for (const key of Float64Array.from(pieces.keys()).sort()) {
    const piece = pieces.get(key);
    // Stryker disable next-line ConditionalExpression: only the compiler needs the check
    if (piece === undefined) continue;
    const rangeFrom = accessRangeBuilder(piece.interval);
    for (const sender of sortedAccessSenders(piece.senders)) ranges.push(rangeFrom(accessSourceOf(sender)));
  }
  return ranges;
}

/** Merges lists of senders. Each list must be in canonical order. */
function sortedAccessSenders(lists: readonly (readonly Source[])[]): readonly Source[] {
  // Stryker disable next-line ArrayDeclaration: only the compiler needs the default
  const [first = [], ...others] = lists;
  // Stryker disable next-line ConditionalExpression: only saves time
  return others.length === 0 ? first : lists.flat().sort(compareSources);
}

/**
 * Returns a function that makes the range of a source. `services` must come from `cutServiceInterval`. A result can have millions of
 * ranges, and one object literal for each shape is faster than spread syntax.
 */
function accessRangeBuilder(services: Services): (source: AccessSource) => AccessRange {
  const { first, last } = services;
  const protocol = protocolOfServiceInterval(services);
  switch (protocol) {
    case 'tcp':
    case 'udp': {
      const [fromPort, toPort] = [first % SEGMENT, last % SEGMENT];
      return (source) => ({ protocol, fromPort, toPort, source });
    }
    case 'icmp':
    case 'icmpv6':
      return (source) => ({
        protocol,
        fromType: Math.floor(first / CODES) % CODES,
        toType: Math.floor(last / CODES) % CODES,
        fromCode: first % CODES,
        toCode: last % CODES,
        source,
      });
    default:
      return (source) => ({ protocol, source });
  }
}
