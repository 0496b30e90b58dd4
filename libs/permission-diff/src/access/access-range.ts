import type { Run } from './difference.js';
import { accessSourceOf, compareSenders, type AccessSource, type Sender } from './sender.js';
import { LAST_SERVICE, nameServices, type ServiceRange, type Services } from './service.js';

/**
 * Traffic from one source. `protocol` is what EC2 calls it (`tcp`, `udp`, `icmp`, `icmpv6`, else a number as text), `-1` for every
 * protocol, or a run of protocol numbers wholly meant, e.g. `7-16`. Ports, types and codes are inclusive.
 */
export type AccessRange = ServiceRange & { readonly source: AccessSource };

/** Returns the runs as ranges in canonical order: by protocol number, ports and then source. No two overlap. */
export function accessRangesOf(runs: readonly Run[]): AccessRange[] {
  // Many runs share their services, and many their senders: what is said of those is worked out once.
  const parts = new Map<number, { readonly range: ServiceRange; readonly senders: Sender[] }>();
  for (const { first, last, lists } of byServices(runs)) {
    for (const part of nameServices({ first, last })) {
      const key = keyOf(part);
      let known = parts.get(key);
      if (known === undefined) parts.set(key, (known = { range: part.range, senders: [] }));
      for (const senders of lists) for (const sender of senders) known.senders.push(sender);
    }
  }
  const sources = new Map<Sender, AccessSource>();
  const sourceOf = (sender: Sender) => {
    let source = sources.get(sender);
    if (source === undefined) sources.set(sender, (source = accessSourceOf(sender)));
    return source;
  };
  const ranges: AccessRange[] = [];
  for (const [, { range, senders }] of [...parts].sort(([a], [b]) => a - b)) {
    for (const sender of senders.sort(compareSenders)) ranges.push(withSource(range, sourceOf(sender)));
  }
  return ranges;
}

function byServices(runs: readonly Run[]): Iterable<Services & { readonly lists: (readonly Sender[])[] }> {
  const groups = new Map<number, Services & { readonly lists: (readonly Sender[])[] }>();
  for (const { first, last, senders } of runs) {
    const key = keyOf({ first, last });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first, last, lists: [senders] });
    else group.lists.push(senders);
  }
  return groups.values();
}

/** Orders intervals by their first service, then by their last. Exact: both have 24 bits. */
function keyOf({ first, last }: Services): number {
  return first * (LAST_SERVICE + 1) + last;
}

// One literal for each shape and no spreading: there may be millions.
function withSource(range: ServiceRange, source: AccessSource): AccessRange {
  if ('fromPort' in range) {
    return { protocol: range.protocol, fromPort: range.fromPort, toPort: range.toPort, source };
  }
  if ('fromType' in range) {
    const { protocol, fromType, toType, fromCode, toCode } = range;
    return { protocol, fromType, toType, fromCode, toCode, source };
  }
  return { protocol: range.protocol, source };
}
