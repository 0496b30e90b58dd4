/**
 * Checks rules against bounds. A bound lists the senders that may use some services. Two sets of rules that let in the same traffic give
 * the same result.
 */
import { fillInRuleSourceAccounts } from '../diff/source-accounts.js';
import { isPermissionPrefixListId } from '../rules/ids.js';
import { cidrBlockAround, type Block } from '../rules/block.js';
import type { Rule } from '../rules/rule.js';
import {
  commonServiceInterval,
  LAST_SERVICE,
  mergeServiceIntervals,
  serviceIntervalOfTraffic,
  serviceIntervalsOverlap,
  type Services,
} from '../rules/service.js';
import { compareSources, isBlockSource, sourceCovers, sourceKey, sourcesOverlap, type GroupSource, type Source } from '../rules/source.js';
import { ALL_TRAFFIC, type Traffic } from '../rules/traffic.js';
import { accessRangesOf, type AccessRange } from './access-range.js';
import { accessRegionDifference, type Run } from './difference.js';
import { sortedByRuleSource } from './cell-trees.js';
import { accessRegionsOfRules, type Addresses, type AccessRegion } from './access-region.js';

/** A list of services, and a list of the senders that may use these services. A bound does not limit other services. */
export interface Bound {
  /**
   * The traffic that the bound limits: `{ kind: 'all' }` for all traffic. The list is not empty, has no duplicates, and is in canonical
   * order.
   */
  readonly services: readonly Traffic[];
  /** The blocks, groups and prefix lists that may use the services. Canonical order. */
  readonly senders: readonly Source[];
  /**
   * Which source groups may use the services, in addition to the groups in `senders`: no groups, groups of the own account, or all groups.
   * The own account is the account of the security group whose rules are checked. A source group without an account counts as a group of
   * the own account.
   */
  readonly groups: 'none' | 'ownAccount' | 'any';
  /**
   * Blocks that `senders` does not list are also allowed if their prefixes are at least this long. Adjacent blocks count as the widest
   * block that they form: `10.0.0.0/16` and `10.1.0.0/16` together are as wide as `10.0.0.0/15`. If an address family has no length here,
   * the bound allows only listed blocks of that family.
   */
  readonly notWiderThan?: { readonly ipv4?: number; readonly ipv6?: number };
}

export interface BoundOptions {
  /**
   * The 12-digit account of the security group whose rules are checked. If this account is absent, a bound with `groups: 'ownAccount'`
   * allows only source groups without an account.
   */
  readonly accountId?: string;
  /**
   * The blocks of each prefix list, by its id. The addresses of source groups are ignored.
   */
  readonly addresses?: Addresses;
  /** Rules for traffic that is allowed even if bounds forbid it. */
  readonly permitted?: readonly Rule[];
}

/** The traffic beyond the bounds, and the rules that let in some of this traffic. */
export interface Beyond<R extends Rule> {
  /** The traffic. Ranges are disjoint and in canonical order. */
  readonly ranges: AccessRange[];
  /** The rules that let in some of this traffic, in the order of the input. */
  readonly rules: R[];
}

/**
 * Finds the traffic of the rules that is beyond at least one bound. Also finds the rules that let in some of this traffic. All rules must
 * have the same direction. Two sets of rules that let in the same traffic give the same ranges. Later calls with the same bound object are
 * faster, because a cache keeps the parsed bound.
 */
export function accessBeyond<R extends Rule>(rules: readonly R[], bounds: readonly Bound[], options: BoundOptions = {}): Beyond<R> {
  const beyond = accessRegionsBeyond(rules, bounds, options);
  // Stryker disable next-line ConditionalExpression: only saves time
  if (beyond.length === 0) return { ranges: [], rules: [] };
  const lists = accessAddressesOfPrefixLists(options.addresses);
  const groups = groupAccessRegionsByServices(beyond);
  const isBeyond = ({ traffic, source }: Rule): boolean => {
    const { first, last } = serviceIntervalOfTraffic(traffic);
    const entries = accessBlocksOfPrefixList(source, lists) ?? [source];
    return groups.some(
      (group) => group.first <= last && first <= group.last && entries.some((entry) => overlapsSortedSenders(group.senders, entry)),
    );
  };
  return {
    ranges: accessRangesOf(beyond.map(({ first, last, source }): Run => ({ first, last, senders: [source] }))),
    rules: rules.filter(isBeyond),
  };
}

/** Returns the traffic of the rules that is beyond at least one bound, as disjoint regions. */
export function accessRegionsBeyond(
  rules: readonly Rule[],
  bounds: readonly Bound[],
  { accountId, addresses, permitted = [] }: BoundOptions,
): readonly AccessRegion[] {
  const lists = accessAddressesOfPrefixLists(addresses);
  const suspected = bounds
    .map((bound) => cachedBoundChecker(bound, lists))
    .map((checker) => ({ checker, suspects: checker.suspectsIn(rules, lists, accountId) }))
    // Stryker disable next-line ConditionalExpression,EqualityOperator: only saves time
    .filter(({ suspects }) => suspects.length > 0);
  // Most rules are within all bounds.
  // Stryker disable next-line ConditionalExpression: only saves time
  if (suspected.length === 0) return [];
  const [exempt, , ...filled] = fillInRuleSourceAccounts(
    accessRegionsOfRules(permitted, lists),
    rules,
    ...suspected.map(({ suspects }) => suspects),
  );
  const beyond = suspected.flatMap(({ checker }, i) => checker.beyond(filled[i] ?? [], exempt));
  // Two bounds can forbid the same traffic. The union makes the regions disjoint again.
  // Stryker disable next-line ConditionalExpression,EqualityOperator: the traffic of one bound is already disjoint
  return suspected.length > 1 ? accessRegionsOfRuns(accessRegionDifference(beyond, []).missing) : beyond;
}

/**
 * Returns one run for each interval of services. The run has the senders of all regions with this interval, in canonical order. The regions
 * must come from `accessRegionDifference`, which returns the senders of each interval in this order.
 */
function groupAccessRegionsByServices(regions: readonly AccessRegion[]): readonly Run[] {
  const runs = new Map<string, Run>();
  for (const { first, last, source } of regions) {
    const key = `${first}-${last}`;
    const run = runs.get(key);
    if (run === undefined) runs.set(key, { first, last, senders: [source] });
    else run.senders.push(source);
  }
  return [...runs.values()];
}

/**
 * Reports whether the source overlaps any of the senders. The senders must be disjoint and sorted. In their order, the block has a sender
 * before it and a sender after it. If the block overlaps any sender, the block overlaps one of these two. So a block is compared only with
 * these two senders.
 */
function overlapsSortedSenders(senders: readonly Source[], source: Source): boolean {
  const after = firstSenderAfter(senders, source);
  // Stryker disable next-line MethodExpression: only saves time
  const near = isBlockSource(source) ? senders.slice(Math.max(after - 1, 0), after + 1) : senders;
  return near.some((sender) => sourcesOverlap(sender, source));
}

/** Binary search: returns the index of the first sender that sorts after the source. */
function firstSenderAfter(senders: readonly Source[], source: Source): number {
  let after = 0;
  for (let high = senders.length; after < high;) {
    const half = (after + high) >>> 1;
    const sender = senders[half];
    // Stryker disable next-line ConditionalExpression,EqualityOperator: only the compiler needs `undefined`, and both callers work with `<`
    if (sender !== undefined && compareSources(sender, source) <= 0) after = half + 1;
    else high = half;
  }
  return after;
}

/** Returns only the addresses of prefix lists, because a bound allows a group by its id, not by its addresses. */
export function accessAddressesOfPrefixLists(addresses: Addresses = new Map()): Addresses {
  // Stryker disable next-line ConditionalExpression: only saves time
  return addresses.size === 0 ? addresses : new Map([...addresses].filter(([id]) => isPermissionPrefixListId(id)));
}

/** Returns one region for each sender of the runs. */
export function accessRegionsOfRuns(runs: readonly Run[]): readonly AccessRegion[] {
  return runs.flatMap(({ first, last, senders }) => senders.map((source) => ({ first, last, source })));
}

export function overlapsSomeAccessRegion(region: AccessRegion, others: readonly AccessRegion[]): boolean {
  return others.some((other) => serviceIntervalsOverlap(region, other) && sourcesOverlap(region.source, other.source));
}

/** Cuts the region to the given services. */
export function clipAccessRegionToServices(region: AccessRegion, services: readonly Services[]): readonly AccessRegion[] {
  return services.flatMap((bounded) => {
    const part = commonServiceInterval(region, bounded);
    return part === undefined ? [] : { ...part, source: region.source };
  });
}

const boundCheckers = new WeakMap<Bound, BoundChecker>();

/**
 * Returns the cached checker of the bound. Makes a new checker if the cache has none, or if the entries of a prefix list in the bound were
 * replaced.
 */
function cachedBoundChecker(bound: Bound, lists: Addresses): BoundChecker {
  const known = boundCheckers.get(bound);
  // Stryker disable next-line ConditionalExpression: only saves time
  if (known?.isFor(lists) === true) return known;
  const checker = new BoundChecker(bound, lists);
  boundCheckers.set(bound, checker);
  return checker;
}

/** Checks rules against one bound. */
class BoundChecker {
  private readonly services: readonly Services[];
  /** The allowed senders, sorted and disjoint. Adjacent blocks are joined, so each allowed block lies within one of these blocks. */
  private readonly senders: readonly Source[];
  private readonly entries: ReadonlyMap<string, readonly Source[] | undefined>;

  constructor(
    private readonly bound: Bound,
    lists: Addresses,
  ) {
    this.services = mergeServiceIntervals(bound.services.map(serviceIntervalOfTraffic));
    this.entries = new Map(
      bound.senders.flatMap((source) =>
        // Stryker disable next-line ConditionalExpression: only the compiler needs the check
        source.kind === 'prefixList' ? [[source.prefixListId, lists.get(source.prefixListId)] as const] : [],
      ),
    );
    const listed = accessRegionsOfRules(
      bound.senders.map((source) => ({ traffic: ALL_TRAFFIC, source })),
      lists,
    );
    this.senders = sortedByRuleSource(accessRegionsOfRuns(accessRegionDifference(listed, []).missing)).map(({ source }) => source);
  }

  /**
   * Reports whether the prefix lists in the bound still have the entries that the constructor got. Compares only the references of the
   * arrays.
   */
  isFor(lists: Addresses): boolean {
    // Stryker disable next-line ConditionalExpression: only saves time
    for (const [id, entries] of this.entries) if (lists.get(id) !== entries) return false;
    return true;
  }

  /** Returns the regions that can be beyond the bound, alone or together with other regions. */
  suspectsIn(rules: readonly Rule[], lists: Addresses, accountId: string | undefined): readonly AccessRegion[] {
    const suspects: AccessRegion[] = [];
    let sum = 0;
    for (const { traffic, source } of rules) {
      const { first, last } = serviceIntervalOfTraffic(traffic);
      // Stryker disable next-line ConditionalExpression: only saves time
      if (!this.isBounded(first, last)) continue;
      for (const sender of accessBlocksOfPrefixList(source, lists) ?? [source]) {
        // Stryker disable next-line ConditionalExpression: only saves time
        if (this.isNarrow(sender)) sum += this.shareOf(sender);
        else if (!this.isAllowed(sender, accountId)) suspects.push({ first, last, source: sender });
      }
    }
    // Usually, all narrow blocks together are too small to form a wide block.
    // Stryker disable next-line ConditionalExpression,EqualityOperator: only saves time
    if (sum >= FULL) suspects.push(...this.filling(accessRegionsOfRules(rules, lists)));
    return suspects;
  }

  /** Returns the traffic of `suspects` that is beyond the bound, as disjoint regions. Traffic in `exempt` is always allowed. */
  beyond(suspects: readonly AccessRegion[], exempt: readonly AccessRegion[]): readonly AccessRegion[] {
    // Stryker disable next-line MethodExpression: the filter only saves time
    const senders = this.senders
      .filter((source) => suspects.some((region) => sourcesOverlap(source, region.source)))
      .map((source) => ({ first: 0, last: LAST_SERVICE, source }));
    const bounded = suspects.flatMap((region) => clipAccessRegionToServices(region, this.services));
    return accessRegionsOfRuns(accessRegionDifference(bounded, [...senders, ...exempt]).missing).filter(
      ({ source }) => !this.isNarrow(source),
    );
  }

  private isNarrow(source: Source): source is Block {
    return isBlockSource(source) && source.prefixLength >= this.shortest(source);
  }

  /** Returns the shortest allowed prefix length of unlisted blocks, for the address family of the block. */
  private shortest({ kind }: Block): number {
    return this.bound.notWiderThan?.[kind] ?? Infinity;
  }

  /** Returns the size of a narrow block, divided by the size of the smallest block that is too wide for the bound. */
  private shareOf(block: Block): number {
    return SHARES[block.prefixLength - this.shortest(block) + 1] ?? 0;
  }

  /** Reports whether the bound allows the sender. Ignores `notWiderThan`. */
  private isAllowed(source: Source, accountId: string | undefined): boolean {
    return source.kind === 'group' ? this.isGroupAllowed(source, accountId) : this.isListed(source);
  }

  private isGroupAllowed({ groupId, userId }: GroupSource, accountId: string | undefined): boolean {
    const { groups, senders } = this.bound;
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

  // If the next functions find too many suspects, the check only takes more time. The tests make sure that they do not find too few.
  // Stryker disable all

  private isBounded(first: number, last: number): boolean {
    for (const bounded of this.services) if (bounded.first <= last && first <= bounded.last) return true;
    return false;
  }

  private isListed(source: Source): boolean {
    const sender = this.senders[firstSenderAfter(this.senders, source) - 1];
    return sender !== undefined && sourceCovers(sender, source);
  }

  /**
   * Returns the narrow regions with services of the bound that together can fill one of the smallest blocks that are too wide for the
   * bound. Leaves out wide regions, because a wide region contains either all addresses of such a block or none.
   */
  private filling(regions: readonly AccessRegion[]): readonly AccessRegion[] {
    const shares = new Map<string, number>();
    const narrow = regions.flatMap(({ first, last, source }) => {
      if (!this.isBounded(first, last) || !this.isNarrow(source)) return [];
      const around = sourceKey(cidrBlockAround(source, Math.max(this.shortest(source) - 1, 0)));
      shares.set(around, (shares.get(around) ?? 0) + this.shareOf(source));
      return { around, region: { first, last, source } };
    });
    return narrow.flatMap(({ around, region }) => ((shares.get(around) ?? 0) >= FULL ? region : []));
  }
  // Stryker restore all
}

/** Returns the blocks of a prefix list. Returns `undefined` if the blocks are unknown, or if the source is not a prefix list. */
function accessBlocksOfPrefixList(source: Source, lists: Addresses): readonly Source[] | undefined {
  // Stryker disable next-line ConditionalExpression: only the compiler needs the check
  return source.kind === 'prefixList' ? lists.get(source.prefixListId) : undefined;
}

/**
 * `SHARES[n]` is the size of a block as a fraction of a block whose prefix is `n` bits shorter. The powers are computed in advance, because
 * computing them is slow.
 */
const SHARES: readonly number[] = Array.from({ length: 130 }, (_, bits) => 2 ** -bits);

/**
 * If the sum of the shares reaches this number, the narrow blocks can together form a wide block. Then the sweep must check the blocks. The
 * number is a little below 1, because floating-point sums are rounded.
 */
const FULL = 1 - 2 ** -20;
