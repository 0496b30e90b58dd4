import { CODES, cutServiceInterval, protocolOfServiceInterval, SEGMENT, type Services } from '../rules/service.js';
import { compareSources } from '../rules/source.js';
import type { ServiceRange } from '../rules/traffic.js';
import type { Run } from './difference.js';
import { accessSourceOf, type AccessSource } from './access-source.js';

/**
 * Traffic from one source. `protocol` is EC2's name for it (`tcp`, `udp`, `icmp`, `icmpv6`, else the number as text), `-1` for every
 * protocol, or a range of whole protocols, e.g. `7-16`. Ports, types and codes are inclusive.
 */
export type AccessRange = ServiceRange & { readonly source: AccessSource };

/** Returns the traffic of the runs as ranges in canonical order: by protocol number, then ports, then source. Ranges never overlap. */
export function accessRangesOf(runs: readonly Run[]): AccessRange[] {
  // Pieces of different runs can contain the same services. A key orders the pieces by their first service, then by their last service. It
  // is exact because a service has 24 bits.
  const pieces = new Map<number, Run>();
  for (const run of runs) {
    for (const { first, last } of cutServiceInterval(run)) {
      const key = first * 2 ** 24 + last;
      const piece = pieces.get(key);
      if (piece === undefined) pieces.set(key, { first, last, senders: [...run.senders] });
      else for (const sender of run.senders) piece.senders.push(sender);
    }
  }
  const ranges: AccessRange[] = [];
  // Numbers sort faster than objects.
  for (const key of Float64Array.from(pieces.keys()).sort()) {
    const piece = pieces.get(key);
    // Stryker disable next-line ConditionalExpression: only the compiler needs the check
    if (piece === undefined) continue;
    const rangeFrom = accessRangeBuilder(piece);
    for (const sender of piece.senders.sort(compareSources)) ranges.push(rangeFrom(accessSourceOf(sender)));
  }
  return ranges;
}

/**
 * Returns a function that builds the range of a source for these services. The services must be a piece that `cutServiceInterval` returned. A result can
 * have millions of ranges, and one object literal for each shape is faster than spread syntax.
 */
function accessRangeBuilder(services: Services): (source: AccessSource) => AccessRange {
  const { first, last } = services;
  const protocol = protocolOfServiceInterval(services);
  switch (protocol) {
    case 'tcp':
    case 'udp':
      return (source) => ({ protocol, fromPort: first % SEGMENT, toPort: last % SEGMENT, source });
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
