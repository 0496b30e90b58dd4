/** Converts baselines to their canonical form: two spellings of the same baseline become deeply equal, with keys in the same order. */
import { compareRules, ruleKey, type Rule } from '@portcullis/permission-diff';
import type { Baseline, CompiledBaseline, GroupSelection, IgnoreClause, Permit } from './baseline.js';

/**
 * Returns the baselines with sorted rules, group ids, permits, ignore clauses and baselines, without duplicates, and with keys in a fixed
 * order.
 */
export function canonicalBaselines(baselines: readonly Baseline[]): CompiledBaseline {
  // The name is the first key, so this sorts by name.
  return { baselines: uniqueSorted(baselines.map(canonicalBaseline), (each) => JSON.stringify(each)) };
}

function canonicalBaseline(baseline: Baseline): Baseline {
  const { name, groups, mode, compare, ingress, egress, permit, ignore } = baseline;
  return {
    name,
    groups: canonicalSelection(groups),
    mode,
    compare,
    ingress: canonicalRules(ingress),
    ...(egress === undefined ? {} : { egress: canonicalRules(egress) }),
    permit: canonicalPermits(permit),
    ignore: uniqueSorted(ignore.map(canonicalClause), (clause) => JSON.stringify(clause)),
  };
}

function canonicalSelection({ ids, tags, names, vpcs }: GroupSelection): GroupSelection {
  const texts = (each: readonly string[]): string[] => uniqueSorted(each, (text) => text);
  return {
    ids: texts(ids),
    ...(tags === undefined ? {} : { tags: Object.fromEntries(uniqueSorted(Object.entries(tags), ([key]) => key)) }),
    ...(names === undefined ? {} : { names: texts(names) }),
    ...(vpcs === undefined ? {} : { vpcs: texts(vpcs) }),
  };
}

function canonicalRules(rules: readonly Rule[]): Rule[] {
  return uniqueSorted(rules, ruleKey).sort(compareRules);
}

/** Merges permits with the same `until` and `reason`. */
function canonicalPermits(permits: readonly Permit[]): Permit[] {
  const byTerms = new Map<string, Permit>();
  for (const { rules, until, reason } of permits) {
    const terms = { ...(until === undefined ? {} : { until }), ...(reason === undefined ? {} : { reason }) };
    const key = JSON.stringify(terms);
    byTerms.set(key, { rules: [...(byTerms.get(key)?.rules ?? []), ...rules], ...terms });
  }
  return [...byTerms]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { rules, ...terms }]) => ({ rules: canonicalRules(rules), ...terms }))
    .filter(({ rules }) => rules.length > 0);
}

function canonicalClause(clause: IgnoreClause): IgnoreClause {
  if ('descriptionPrefix' in clause) return { descriptionPrefix: clause.descriptionPrefix };
  if ('sourceGroup' in clause) return { sourceGroup: clause.sourceGroup };
  if ('prefixList' in clause) return { prefixList: clause.prefixList };
  const { key, value } = clause.tag;
  return { tag: value === undefined ? { key } : { key, value } };
}

/** Sorts by text, and keeps the first item of each text. */
function uniqueSorted<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const byText = new Map<string, T>();
  for (const item of items) {
    const text = textOf(item);
    if (!byText.has(text)) byText.set(text, item);
  }
  // Compares code units, which does not depend on the locale.
  return [...byText].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
