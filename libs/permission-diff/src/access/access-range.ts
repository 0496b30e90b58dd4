import { CODES, cutServices, LAST_SERVICE, protocolOf, SEGMENT, type Services } from '../rule/service.js';
import { compareSources } from '../rule/source.js';
import type { ServiceRange } from '../rule/traffic.js';
import type { Run } from './difference.js';
import type { AccessSource, Sender } from './sender.js';

/**
 * Traffic from one source. `protocol` is EC2's name for it (`tcp`, `udp`, `icmp`, `icmpv6`, else the number as text), `-1` for every
 * protocol, or a range of whole protocols, e.g. `7-16`. Ports, types and codes are inclusive.
 */
export type AccessRange = ServiceRange & { readonly source: AccessSource };

/** Returns the runs as ranges in canonical order: by protocol number, then ports, then source. Ranges never overlap. */
export function accessRangesOf(runs: readonly Run[]): AccessRange[] {
  // Many runs have the same services and the same senders, so we cut each interval of services only once.
  const parts = new Map<number, Part>();
  const partsOfRuns = new Map<number, readonly Part[]>();
  for (const run of runs) {
    const key = keyOf(run);
    let within = partsOfRuns.get(key);
    if (within === undefined) partsOfRuns.set(key, (within = cutServices(run).map((services) => partOf(parts, services))));
    for (const { senders } of within) for (const sender of run.senders) senders.push(sender);
  }
  const ranges: AccessRange[] = [];
  // Numbers sort faster than objects.
  for (const key of Float64Array.from(parts.keys()).sort()) {
    const part = parts.get(key);
    if (part === undefined) continue;
    const rangeFrom = rangesOver(part.services);
    for (const { source } of part.senders.sort((a, b) => compareSources(a.is, b.is))) ranges.push(rangeFrom(source));
  }
  return ranges;
}

function partOf(parts: Map<number, Part>, services: Services): Part {
  const key = keyOf(services);
  let part = parts.get(key);
  if (part === undefined) parts.set(key, (part = { services, senders: [] }));
  return part;
}

interface Part {
  readonly services: Services;
  readonly senders: Sender[];
}

/** Returns a number that orders intervals by their first service, then by their last. The number is exact: a service has 24 bits. */
function keyOf({ first, last }: Services): number {
  return first * (LAST_SERVICE + 1) + last;
}

/**
 * Returns a function that builds the range of a source for these services. The services must come from `cutServices`. An answer can have
 * millions of ranges, and an object literal for each shape is faster than spreading.
 */
function rangesOver(services: Services): (source: AccessSource) => AccessRange {
  const { first, last } = services;
  const protocol = protocolOf(services);
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
