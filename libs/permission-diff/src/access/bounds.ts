/** Bounds say which senders may use some services. They judge rules by the traffic that the rules let in, however it is written. */
import { withOwners } from '../diff/owners.js';
import { isPrefixListId } from '../read/ids.js';
import type { Rule } from '../rule/rule.js';
import { commonServices, servicesOf, servicesOverlap, type Services } from '../rule/service.js';
import { isBlock, sourcesOverlap, type GroupSource, type Source } from '../rule/source.js';
import type { Traffic } from '../rule/traffic.js';
import { accessRangesOf, type AccessRange } from './access-range.js';
import { differenceOf, type Run } from './difference.js';
import { regionsOf, type Addresses, type Region } from './region.js';

/** Who may use some services. Traffic of other services is not bounded. */
export interface Bound {
  /** The traffic that the bound is about, or `{ kind: 'all' }` for all traffic. Not empty. */
  readonly services: readonly Traffic[];
  /** The blocks, groups and prefix lists that may use the services. */
  readonly senders: readonly Source[];
  /**
   * The other security groups that may use the services: none, those of the account of the bounded group, or any. A group without an
   * account belongs to the account of the bounded group.
   */
  readonly groups: 'none' | 'ownAccount' | 'any';
  /**
   * The shortest prefix lengths of blocks that are not listed in `senders`. What remains without the listed blocks counts as its widest
   * blocks: `10.0.0.0/16` and `10.1.0.0/16` together are as wide as `10.0.0.0/15`. By default, and for a family without a length, no other
   * blocks may use the services.
   */
  readonly notWiderThan?: { readonly ipv4?: number; readonly ipv6?: number };
}

export interface BoundOptions {
  /** The 12-digit account of the bounded group, for `ownAccount`. By default, only groups without an account count as its own. */
  readonly accountId?: string;
  /** The blocks of prefix lists, by id. A list without an entry is opaque: it equals only itself. Groups are always opaque. */
  readonly addresses?: Addresses;
  /** Rules for traffic that is allowed although a bound forbids it. */
  readonly permitted?: readonly Rule[];
}

/** What rules let in beyond bounds. */
export interface Beyond<R extends Rule> {
  /** The traffic. Ranges are disjoint and in canonical order. */
  readonly ranges: AccessRange[];
  /** The rules that let in some of this traffic, in the order given. */
  readonly rules: R[];
}

/**
 * Returns the traffic that the rules let in beyond any of the bounds, and the rules that let in some of it. All rules must have the same
 * direction. The spelling, the split and the order of the rules do not matter to the traffic.
 */
export function accessBeyond<R extends Rule>(rules: readonly R[], bounds: readonly Bound[], options: BoundOptions = {}): Beyond<R> {
  return compileBounds(bounds, options)(rules);
}

/** Returns `accessBeyond` for these bounds. Judging many groups with the returned function is faster than repeated calls. */
export function compileBounds(bounds: readonly Bound[], options: BoundOptions = {}): <R extends Rule>(rules: readonly R[]) => Beyond<R> {
  const regionsBeyond = beyondFinder(bounds, options);
  const lists = listsIn(options.addresses);
  return (rules) => {
    const beyond = regionsBeyond(rules);
    if (beyond.length === 0) return { ranges: [], rules: [] };
    const [filled = []] = withOwners<Rule>(rules, options.permitted ?? []);
    return {
      ranges: accessRangesOf(beyond.map(({ first, last, source }): Run => ({ first, last, senders: [source] }))),
      rules: rules.filter((rule, i) => regionsOf([filled[i] ?? rule], lists).some((region) => overlapsSome(region, beyond))),
    };
  };
}

/** Returns a function that returns the traffic of rules beyond the bounds, as disjoint regions. */
export function beyondFinder(bounds: readonly Bound[], options: BoundOptions): (rules: readonly Rule[]) => readonly Region[] {
  const { permitted = [] } = options;
  const lists = listsIn(options.addresses);
  const judges = bounds.map((bound) => judgeOf(bound, lists, options.accountId));
  return (rules) => {
    const [filled = [], allowed = []] = withOwners(rules, permitted);
    const regions = regionsOf(filled, lists);
    const permittedRegions = regionsOf(allowed, lists);
    const found = judges.flatMap((judge) => judge(regions, permittedRegions));
    // Bounds can overlap, so the union is made canonical again.
    return found.length === 0 ? [] : flat(differenceOf(found, []).missing);
  };
}

/** Groups are allowed by name, so their addresses are not used. */
export function listsIn(addresses: Addresses = new Map()): Addresses {
  return new Map([...addresses].filter(([id]) => isPrefixListId(id)));
}

/** Returns one region for each sender of the runs. */
export function flat(runs: readonly Run[]): readonly Region[] {
  return runs.flatMap(({ first, last, senders }) => senders.map((source) => ({ first, last, source })));
}

export function overlapsSome(region: Region, others: readonly Region[]): boolean {
  return others.some((other) => servicesOverlap(region, other) && sourcesOverlap(region.source, other.source));
}

type Judge = (regions: readonly Region[], permitted: readonly Region[]) => readonly Region[];

function judgeOf(bound: Bound, lists: Addresses, accountId: string | undefined): Judge {
  const services = bound.services.map(servicesOf);
  const senders = regionsOf(
    bound.senders.map((source) => ({ traffic: { kind: 'all' }, source })),
    lists,
  );
  return (regions, permitted) => {
    const judged = regions
      .filter(({ source }) => source.kind !== 'group' || !isGroupAllowed(source, bound, accountId))
      .flatMap((region) => within(region, services));
    if (judged.length === 0) return [];
    return flat(differenceOf(judged, [...senders, ...permitted]).missing).filter(({ source }) => !isNarrow(source, bound));
  };
}

function isGroupAllowed({ groupId, userId }: GroupSource, { groups, senders }: Bound, accountId: string | undefined): boolean {
  return (
    groups === 'any' ||
    (groups === 'ownAccount' && (userId === undefined || userId === accountId)) ||
    senders.some(
      (sender) =>
        sender.kind === 'group' &&
        sender.groupId === groupId &&
        (sender.userId === undefined || userId === undefined || sender.userId === userId),
    )
  );
}

/** Reports whether the bound allows the block for its width. */
function isNarrow(source: Source, { notWiderThan = {} }: Bound): boolean {
  return isBlock(source) && source.prefixLength >= (notWiderThan[source.kind] ?? Infinity);
}

/** Returns the parts of the region at the given services. */
export function within(region: Region, services: readonly Services[]): readonly Region[] {
  return services.flatMap((bounded) => {
    const part = commonServices(region, bounded);
    return part === undefined ? [] : { ...part, source: region.source };
  });
}
