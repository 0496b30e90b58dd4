/** Replaces rules by the fewest EC2 rules for the traffic that bounds allow. */
import { compareRules, ruleCovers, rulesOverlap, type Rule } from '../rules/rule.js';
import {
  commonServiceInterval,
  widestServiceIntervalOfRule,
  mergeServiceIntervals,
  trafficOfServiceInterval,
  type Services,
} from '../rules/service.js';
import { isBlockSource, sourceCovers, sourceKey, type Source } from '../rules/source.js';
import {
  accessRegionsOfRuns,
  accessAddressesOfPrefixLists,
  overlapsSomeAccessRegion,
  accessRegionsBeyond,
  clipAccessRegionToServices,
  type Bound,
  type BoundOptions,
} from './bounds.js';
import { accessRegionDifference } from './difference.js';
import { sortedByRuleSource } from './cell-trees.js';
import { accessRegionsOfRules, type AccessRegion } from './access-region.js';

export interface NarrowOptions extends BoundOptions {
  /** Other rules that the security group keeps. `narrowRules` returns no rules for traffic that these rules let in. */
  readonly carried?: readonly Rule[];
  /** @default 60, EC2's default quota of rules in one direction */
  readonly maxRules?: number;
}

/**
 * Returns the fewest rules for the traffic of `rules` that is within the bounds. `rules` and `carried` are checked against the bounds
 * together. The returned rules are in canonical order, and can overlap. Each returned rule has the description of the first given rule that
 * covers the returned rule. If no given rule covers the returned rule, the description comes from the first given rule that overlaps the
 * returned rule.
 *
 * Returns `undefined` if the traffic needs more than `maxRules` rules. Also returns `undefined` if the bounds forbid only some entries of a
 * prefix list, because no rule can contain a part of a list.
 */
export function narrowRules(rules: readonly Rule[], bounds: readonly Bound[], options: NarrowOptions = {}): Rule[] | undefined {
  const { carried = [], maxRules = 60 } = options;
  const lists = accessAddressesOfPrefixLists(options.addresses);
  const beyond = accessRegionsBeyond([...rules, ...carried], bounds, options);
  const done = [...beyond, ...accessRegionsOfRules(carried, lists)];
  // Stryker disable next-line ConditionalExpression,LogicalOperator: only the compiler needs the first check
  const isKnown = ({ source }: Rule) => source.kind === 'prefixList' && lists.has(source.prefixListId);

  const given = accessRegionsOfRules(
    rules.filter((rule) => !isKnown(rule)),
    lists,
  );
  const remaining = [...accessRegionsOfRuns(accessRegionDifference(given, beyond).missing)];
  const uncovered = [...accessRegionsOfRuns(accessRegionDifference(given, done).missing)];
  for (const rule of rules.filter(isKnown)) {
    const entries = accessRegionsOfRules([rule], lists);
    const gone = beyond.filter((region) => overlapsSomeAccessRegion(region, entries));
    const rest = accessRegionDifference(entries, gone).missing;
    if (rest.some((run) => gone.some((region) => commonServiceInterval(run, region) !== undefined))) return undefined;
    // If the loop gets here, the bounds allow each service either to all entries of the prefix list or to none of them.
    const ofList = ({ first, last }: Services): AccessRegion => ({ first, last, source: rule.source });
    remaining.push(...rest.map(ofList));
    uncovered.push(...accessRegionDifference(entries, done).missing.map(ofList));
  }

  const pieces = fewestAccessRegionsOfRules(remaining, uncovered, maxRules);
  return pieces?.map((piece) => narrowedRule(piece, rules)).sort(compareRules);
}

/** A source, and the services that the bounds allow to the whole source. Both lists of services are disjoint and in ascending order. */
interface Remaining {
  readonly source: Source;
  /** The services that the bounds allow to this source, but not to the next wider block. */
  readonly widest: readonly Services[];
  /** All services that the bounds allow to this source, even if the bounds also allow them to a wider block. */
  readonly all: readonly Services[];
}

/**
 * Returns regions within `remaining` that together contain `uncovered`. Each region becomes one rule. `remaining` must contain `uncovered`.
 * If `remaining` equals `uncovered`, the result has the fewest possible regions (`docs/model.md` has the proof). If `remaining` contains
 * more than `uncovered`, the result can have more regions than necessary.
 */
function fewestAccessRegionsOfRules(
  remaining: readonly AccessRegion[],
  uncovered: readonly AccessRegion[],
  most: number,
): readonly AccessRegion[] | undefined {
  const pieces: AccessRegion[] = [];
  for (const { source, widest, all } of remainingAccessSources(remaining).reverse()) {
    const wanted = uncovered
      .filter((region) => isSourceWithin(region.source, source))
      .flatMap((region) => clipAccessRegionToServices(region, widest));
    let next = 0;
    for (const { first, last } of mergeServiceIntervals(accessRegionDifference(wanted, pieces).missing)) {
      for (next = Math.max(next, first); next <= last;) {
        const piece = widestServiceIntervalOfRule(next, all);
        if (pieces.push({ ...piece, source }) > most) return undefined;
        next = piece.last + 1;
      }
    }
  }
  return pieces;
}

/** Groups the regions by source. A wider block comes before the blocks inside the wider block. */
function remainingAccessSources(regions: readonly AccessRegion[]): Remaining[] {
  const sources: Remaining[] = [];
  // The wider blocks around the current source. The narrowest comes first.
  const around: Remaining[] = [];
  const bySource = new Map<string, [AccessRegion, ...AccessRegion[]]>();
  for (const region of accessRegionsOfRuns(accessRegionDifference(regions, []).missing)) {
    const key = sourceKey(region.source);
    const known = bySource.get(key);
    if (known === undefined) bySource.set(key, [region]);
    else known.push(region);
  }
  for (const { source, regions: widest } of sortedByRuleSource(
    [...bySource.values()].map((list) => ({ source: list[0].source, regions: list })),
  )) {
    while (around[0] !== undefined && !isSourceWithin(source, around[0].source)) around.shift();
    const node = { source, widest: mergeServiceIntervals(widest), all: mergeServiceIntervals([...widest, ...(around[0]?.all ?? [])]) };
    sources.push(node);
    around.unshift(node);
  }
  return sources;
}

function isSourceWithin(narrow: Source, wide: Source): boolean {
  return isBlockSource(narrow) ? sourceCovers(wide, narrow) : sourceKey(narrow) === sourceKey(wide);
}

function narrowedRule(piece: AccessRegion, given: readonly Rule[]): Rule {
  const rule: Rule = { direction: given[0]?.direction ?? 'ingress', traffic: trafficOfServiceInterval(piece), source: piece.source };
  const replaced = given.find((wide) => ruleCovers(wide, rule)) ?? given.find((other) => rulesOverlap(other, rule));
  return replaced?.description === undefined ? rule : { ...rule, description: replaced.description };
}
