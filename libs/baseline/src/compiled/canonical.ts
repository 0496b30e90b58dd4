/**
 * Converts baselines and limits to their canonical form. Different spellings of the same baseline become deeply equal objects, with keys in
 * the same order.
 */
import { compareRules, ruleKey, type Bound, type Rule, type Source, type Traffic } from '@portcullis/permission-diff';
import type { Baseline, CompiledBaseline, GroupSelection, IgnoreClause, Limit, LimitedGroups, Permit } from './baseline.js';

/**
 * Returns the baselines and limits with sorted rules, group ids, permits, ignore clauses and bounds, sorted by name, without duplicates, and
 * with keys in a fixed order.
 */
export function canonicalBaselines(baselines: readonly Baseline[], limits: readonly Limit[] = []): CompiledBaseline {
  return {
    baselines: sortUniqueByJson(baselines.map(canonicalBaseline)),
    ...(limits.length === 0 ? {} : { limits: sortUniqueByJson(limits.map(canonicalLimit)) }),
  };
}

/** Baselines and limits have `name` as their first key, so the order of their JSON is the order of their names. */
function sortUniqueByJson<T>(items: readonly T[]): T[] {
  return sortUniqueByText(items, (each) => JSON.stringify(each));
}

function canonicalBaseline(baseline: Baseline): Baseline {
  const { name, groups, mode, approveWithin, compare, ingress, egress, permit, ignore } = baseline;
  return {
    name,
    groups: canonicalGroupSelection(groups),
    mode,
    ...(approveWithin === undefined ? {} : { approveWithin }),
    compare,
    ingress: canonicalRules(ingress),
    ...(egress === undefined ? {} : { egress: canonicalRules(egress) }),
    permit: canonicalPermits(permit),
    ignore: sortUniqueByJson(ignore.map(canonicalIgnoreClause)),
  };
}

function canonicalLimit({ name, groups, mode, repair, otherwise, ingress, egress, permit }: Limit): Limit {
  return {
    name,
    groups: canonicalLimitedGroups(groups),
    ...{ mode, repair, otherwise },
    ingress: sortUniqueByJson(ingress.map(canonicalBound)),
    ...(egress === undefined ? {} : { egress: sortUniqueByJson(egress.map(canonicalBound)) }),
    permit: canonicalPermits(permit),
  };
}

function canonicalLimitedGroups({ all, except, ...selection }: LimitedGroups): LimitedGroups {
  return {
    ...(all === undefined ? {} : { all }),
    ...canonicalGroupSelection(selection),
    ...(except === undefined ? {} : { except: canonicalGroupSelection(except) }),
  };
}

function canonicalBound({ services, senders, groups, notWiderThan }: Bound): Bound {
  const { ipv4, ipv6 } = notWiderThan ?? {};
  const all = services.find(({ kind }) => kind === 'all');
  // `canonicalRules` sorts only complete rules, so each service gets a placeholder source, and each sender placeholder traffic.
  const toTraffic = (traffic: Traffic): Rule => ({ direction: 'ingress', traffic, source: ANYWHERE });
  const toSender = (source: Source): Rule => ({ direction: 'ingress', traffic: { kind: 'all' }, source });
  return {
    services: all === undefined ? canonicalRules(services.map(toTraffic)).map(({ traffic }) => traffic) : [all],
    senders: canonicalRules(senders.map(toSender)).map(({ source }) => source),
    groups,
    ...(notWiderThan === undefined
      ? {}
      : { notWiderThan: { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) } }),
  };
}

const ANYWHERE: Source = { kind: 'prefixList', prefixListId: '' };

function canonicalGroupSelection({ ids, tags, names, vpcs }: GroupSelection): GroupSelection {
  const texts = (each: readonly string[]): string[] => sortUniqueByText(each, (text) => text);
  return {
    ids: texts(ids),
    ...(tags === undefined ? {} : { tags: Object.fromEntries(sortUniqueByText(Object.entries(tags), ([key]) => key)) }),
    ...(names === undefined ? {} : { names: texts(names) }),
    ...(vpcs === undefined ? {} : { vpcs: texts(vpcs) }),
  };
}

function canonicalRules(rules: readonly Rule[]): Rule[] {
  return sortUniqueByText(rules, ruleKey).sort(compareRules);
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

function canonicalIgnoreClause(clause: IgnoreClause): IgnoreClause {
  const bounds = clause.within === undefined ? {} : { within: canonicalRules(clause.within) };
  if ('descriptionPrefix' in clause) return { descriptionPrefix: clause.descriptionPrefix, ...bounds };
  if ('sourceGroup' in clause) return { sourceGroup: clause.sourceGroup, ...bounds };
  if ('prefixList' in clause) return { prefixList: clause.prefixList, ...bounds };
  const { key, value } = clause.tag;
  return { tag: value === undefined ? { key } : { key, value }, ...bounds };
}

function sortUniqueByText<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const byText = new Map<string, T>();
  for (const item of items) {
    const text = textOf(item);
    if (!byText.has(text)) byText.set(text, item);
  }
  // Compares code units, so the order does not depend on the locale.
  return [...byText].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
