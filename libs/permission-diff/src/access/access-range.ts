import { getOrAdd } from '../get-or-add.js';
import { compareSources } from '../source.js';
import type { Run } from './difference.js';
import { accessSourceOf, type AccessSource, type Sender } from './sender.js';
import { cutServices, LAST_SERVICE, nameServices, type ServiceRange, type Services } from './service.js';

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
    const partsOfRun = getOrAdd(partsOfRuns, keyOf(run), () =>
      cutServices(run).map((part) => getOrAdd(parts, keyOf(part), () => ({ range: nameServices(part), senders: [] }))),
    );
    for (const { senders } of partsOfRun) for (const sender of run.senders) senders.push(sender);
  }
  const sourceOf = (sender: Sender) => getOrAdd(sources, sender, () => accessSourceOf(sender));
  return [...parts]
    .sort(([a], [b]) => a - b)
    .flatMap(([, { range, senders }]) =>
      senders.sort(compareSources).map((sender) => ({ ...range, source: sourceOf(sender) })),
    );
}

interface Part {
  readonly range: ServiceRange;
  readonly senders: Sender[];
}

/** Orders intervals by their first service, then by their last. Exact: both have 24 bits. */
function keyOf({ first, last }: Services): number {
  return first * (LAST_SERVICE + 1) + last;
}
