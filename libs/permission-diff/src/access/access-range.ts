import { CODES, cutServiceInterval, protocolOfServiceInterval, SEGMENT, type Services } from '../rules/service.js';
import { compareSources } from '../rules/source.js';
import type { ServiceRange } from '../rules/traffic.js';
import type { Run } from './difference.js';
import { accessSourceOf, type AccessSource } from './access-source.js';

/**
 * Traffic from one source. `protocol` is EC2's name for the protocol (`tcp`, `udp`, `icmp`, `icmpv6`, else the number as text), `-1` for
 * all protocols, or a run of whole protocols, e.g. `7-16`. The last port, type and code belong to the range.
 */
export type AccessRange = ServiceRange & { readonly source: AccessSource };

/** Returns the traffic of the runs as ranges in canonical order: by protocol number, then ports, then source. Ranges never overlap. */
export function accessRangesOf(runs: readonly Run[]): AccessRange[] {
  // Runs with different senders can have pieces with equal services. The key orders the pieces by their first service, then by their last
  // service. A service has 24 bits, so a number holds both services exactly.
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
 * `services` must be a piece that `cutServiceInterval` returned. A result can have millions of ranges, so the code has one object literal
 * for each shape, which is faster than spread syntax.
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
