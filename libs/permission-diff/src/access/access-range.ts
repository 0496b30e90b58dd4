import { getOrAdd } from '../get-or-add.js';
import { compareSources } from '../source.js';
import type { ServiceRange } from '../traffic.js';
import type { Run } from './difference.js';
import { accessSourceOf, type AccessSource, type Sender } from './sender.js';
import { CODES, cutServices, LAST_SERVICE, protocolOf, SEGMENT, type Services } from '../service.js';

/**
 * Traffic from one source. `protocol` is what EC2 calls it (`tcp`, `udp`, `icmp`, `icmpv6`, else a number as text), `-1` for every
 * protocol, or a run of protocol numbers wholly meant, e.g. `7-16`. Ports, types and codes are inclusive.
 */
export type AccessRange = ServiceRange & { readonly source: AccessSource };

/** Returns the runs as ranges in canonical order: by protocol number, ports and then source. No two overlap. */
export function accessRangesOf(runs: readonly Run[]): AccessRange[] {
  // Many runs share their services, and many their senders: what is said of those is worked out once.
  const parts = new Map<number, Part>();
  const partsOfRuns = new Map<number, readonly Part[]>();
  const sources = new Map<Sender, AccessSource>();
  for (const run of runs) {
    // Not `getOrAdd`: it would be given a new function for every run.
    const key = keyOf(run);
    let within = partsOfRuns.get(key);
    if (within === undefined) {
      within = cutServices(run).map((part) => getOrAdd(parts, keyOf(part), () => ({ rangeFrom: rangesOver(part), senders: [] })));
      partsOfRuns.set(key, within);
    }
    for (const { senders } of within) for (const sender of run.senders) senders.push(sender);
  }
  const ranges: AccessRange[] = [];
  for (const part of [...parts].sort((a, b) => a[0] - b[0])) {
    const { rangeFrom, senders } = part[1];
    for (const sender of senders.sort(compareSources)) {
      ranges.push(rangeFrom(getOrAdd(sources, sender, () => accessSourceOf(sender))));
    }
  }
  return ranges;
}

interface Part {
  readonly rangeFrom: (source: AccessSource) => AccessRange;
  readonly senders: Sender[];
}

/** Orders intervals by their first service, then by their last. Exact: both have 24 bits. */
function keyOf({ first, last }: Services): number {
  return first * (LAST_SERVICE + 1) + last;
}

/**
 * Returns a function that says of a source that it is let in to the services, which `cutServices` has cut. There may be millions of
 * answers: it has a literal for each shape, which makes them faster than spreading does.
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
