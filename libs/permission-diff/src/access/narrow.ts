/** Narrows rules to the traffic that bounds allow, in the fewest rules that EC2 can express. */
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
  prefixListAddresses,
  overlapsSomeAccessRegion,
  accessRegionsBeyond,
  clipAccessRegionToServices,
  type Bound,
  type BoundOptions,
} from './bounds.js';
import { accessRegionDifference } from './difference.js';
import { sortedBySource } from './cell-trees.js';
import { accessRegionsOfRules, type AccessRegion } from './access-region.js';

export interface NarrowOptions extends BoundOptions {
  /** Other rules of the group, which stay. The result needs no rules for traffic that they let in. */
  readonly carried?: readonly Rule[];
  /** @default 60, EC2's default quota of rules in one direction */
  readonly maxRules?: number;
}

/**
 * Returns the fewest rules that let in exactly the allowed traffic of `rules`: all of it, except what `rules` and the carried rules
 * together let in beyond the bounds. The returned rules are in canonical order, and can overlap each other. Each returned rule has the
 * description of the first given rule that covers it, or else of the first given rule that overlaps it.
 *
 * Returns `undefined` if only a part of a prefix list with known addresses would remain at some service, or if more than `maxRules` rules
 * are needed. For example, all traffic minus one port needs 257 rules, because EC2 can express the other 255 protocols only one by one.
 */
export function narrowRules(rules: readonly Rule[], bounds: readonly Bound[], options: NarrowOptions = {}): Rule[] | undefined {
  const { carried = [], maxRules = 60 } = options;
  const lists = prefixListAddresses(options.addresses);
  const beyond = accessRegionsBeyond([...rules, ...carried], bounds, options);
  const done = [...beyond, ...accessRegionsOfRules(carried, lists)];
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
    // At each service, either the whole prefix list remains or nothing of it.
    const ofList = ({ first, last }: Services): AccessRegion => ({ first, last, source: rule.source });
    remaining.push(...rest.map(ofList));
    uncovered.push(...accessRegionDifference(entries, done).missing.map(ofList));
  }

  const pieces = fewestAccessRegionsOfRules(remaining, uncovered, maxRules);
  return pieces?.map((piece) => narrowedRule(piece, rules)).sort(compareRules);
}

/** A source that remains allowed at some services, with these services. Both lists are disjoint and in ascending order. */
interface Remaining {
  readonly source: Source;
  /** The services at which no wider block around the source remains. */
  readonly widest: readonly Services[];
  /** The services at which the whole source remains, including those at which a wider block around it remains. */
  readonly all: readonly Services[];
}

/**
 * Returns the fewest regions that lie within `remaining` and together contain `uncovered`. `uncovered` must be a part of `remaining`. Each
 * region becomes one rule. The number of regions is the smallest possible if `uncovered` is all of `remaining`.
 *
 * Why fewer are impossible: two rules of one block that overlap or touch can be merged, so each rule has as many services as possible. A
 * wider block remains at fewer services than the blocks inside it. So each service has a widest block that remains, and needs a rule of
 * that block or of a narrower block. The code visits blocks from narrow to wide. It gives a block a rule only for a service that no
 * narrower rule contains and at which no wider block remains. For that service, any other set of rules also has a rule of this block or of
 * a narrower block. A rule of a narrower block contains no more of the uncovered traffic.
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

/** Returns each source of the regions with its services. A wider block comes before the blocks inside it. */
function remainingAccessSources(regions: readonly AccessRegion[]): Remaining[] {
  const sources: Remaining[] = [];
  const around: Remaining[] = [];
  const bySource = new Map<string, [AccessRegion, ...AccessRegion[]]>();
  for (const region of accessRegionsOfRuns(accessRegionDifference(regions, []).missing)) {
    const key = sourceKey(region.source);
    const known = bySource.get(key);
    if (known === undefined) bySource.set(key, [region]);
    else known.push(region);
  }
  for (const { source, regions: widest } of sortedBySource(
    [...bySource.values()].map((list) => ({ source: list[0].source, regions: list })),
  )) {
    while (around.length > 0 && !isSourceWithin(source, around.at(-1)?.source)) around.pop();
    const node = { source, widest: mergeServiceIntervals(widest), all: mergeServiceIntervals([...widest, ...(around.at(-1)?.all ?? [])]) };
    sources.push(node);
    around.push(node);
  }
  return sources;
}

function isSourceWithin(narrow: Source, wide: Source | undefined): boolean {
  if (wide === undefined) return false;
  return isBlockSource(narrow) && isBlockSource(wide) ? sourceCovers(wide, narrow) : sourceKey(narrow) === sourceKey(wide);
}

function narrowedRule(piece: AccessRegion, given: readonly Rule[]): Rule {
  const rule: Rule = { direction: given[0]?.direction ?? 'ingress', traffic: trafficOfServiceInterval(piece), source: piece.source };
  const replaced = given.find((wide) => ruleCovers(wide, rule)) ?? given.find((other) => rulesOverlap(other, rule));
  return replaced?.description === undefined ? rule : { ...rule, description: replaced.description };
}
