/**
 * Converts baselines and limits to their canonical form. If two files declare the same baselines in different spellings, their canonical
 * forms are deeply equal, with keys in the same order.
 */
import { compareRules, ruleKey, type Bound, type Rule, type Source, type Traffic } from '@portcullis/permission-diff';
import type { Baseline, CompiledBaseline, GroupSelection, IgnoreClause, Limit, LimitedGroups, Permit } from './baseline.js';

/**
 * Returns the baselines and limits in canonical form: every list is sorted and has no duplicates, and the keys have a fixed order.
 */
export function canonicalBaselines(baselines: readonly Baseline[], limits: readonly Limit[] = []): CompiledBaseline {
  return {
    baselines: sortCompiledByJson(baselines.map(canonicalBaseline)),
    ...(limits.length === 0 ? {} : { limits: sortCompiledByJson(limits.map(canonicalLimit)) }),
  };
}

/** Baselines and limits have `name` as their first key, so the order of their JSON is the order of their names. */
function sortCompiledByJson<T>(items: readonly T[]): T[] {
  return sortCompiledByText(items, (each) => JSON.stringify(each));
}

function canonicalBaseline(baseline: Baseline): Baseline {
  const { name, groups, mode, approveWithin, compare, ingress, egress, permit, ignore } = baseline;
  return {
    name,
    groups: canonicalGroupSelection(groups),
    mode,
    ...(approveWithin === undefined ? {} : { approveWithin }),
    compare,
    ingress: canonicalBaselineRules(ingress),
    ...(egress === undefined ? {} : { egress: canonicalBaselineRules(egress) }),
    permit: canonicalBaselinePermits(permit),
    ignore: sortCompiledByJson(ignore.map(canonicalIgnoreClause)),
  };
}

function canonicalLimit({ name, groups, mode, repair, otherwise, ingress, egress, permit }: Limit): Limit {
  return {
    name,
    groups: canonicalLimitedGroups(groups),
    ...{ mode, repair, otherwise },
    ingress: sortCompiledByJson(ingress.map(canonicalBound)),
    ...(egress === undefined ? {} : { egress: sortCompiledByJson(egress.map(canonicalBound)) }),
    permit: canonicalBaselinePermits(permit),
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
  // `canonicalBaselineRules` sorts only complete rules. So this code adds a placeholder source to each service, and placeholder traffic to
  // each sender.
  const toTraffic = (traffic: Traffic): Rule => ({ direction: 'ingress', traffic, source: ANYWHERE });
  const toSender = (source: Source): Rule => ({ direction: 'ingress', traffic: { kind: 'all' }, source });
  return {
    services: all === undefined ? canonicalBaselineRules(services.map(toTraffic)).map(({ traffic }) => traffic) : [all],
    senders: canonicalBaselineRules(senders.map(toSender)).map(({ source }) => source),
    groups,
    ...(notWiderThan === undefined
      ? {}
      : { notWiderThan: { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) } }),
  };
}

const ANYWHERE: Source = { kind: 'prefixList', prefixListId: '' };

function canonicalGroupSelection({ ids, tags, names, vpcs }: GroupSelection): GroupSelection {
  const texts = (each: readonly string[]): string[] => sortCompiledByText(each, (text) => text);
  return {
    ids: texts(ids),
    ...(tags === undefined ? {} : { tags: Object.fromEntries(sortCompiledByText(Object.entries(tags), ([key]) => key)) }),
    ...(names === undefined ? {} : { names: texts(names) }),
    ...(vpcs === undefined ? {} : { vpcs: texts(vpcs) }),
  };
}

function canonicalBaselineRules(rules: readonly Rule[]): Rule[] {
  return sortCompiledByText(rules, ruleKey).sort(compareRules);
}

/** Merges permits with the same `until` and `reason`. */
function canonicalBaselinePermits(permits: readonly Permit[]): Permit[] {
  const byTerms = new Map<string, Permit>();
  for (const { rules, until, reason } of permits) {
    const terms = { ...(until === undefined ? {} : { until }), ...(reason === undefined ? {} : { reason }) };
    const key = JSON.stringify(terms);
    byTerms.set(key, { rules: [...(byTerms.get(key)?.rules ?? []), ...rules], ...terms });
  }
  return [...byTerms]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { rules, ...terms }]) => ({ rules: canonicalBaselineRules(rules), ...terms }))
    .filter(({ rules }) => rules.length > 0);
}

function canonicalIgnoreClause(clause: IgnoreClause): IgnoreClause {
  const bounds = clause.within === undefined ? {} : { within: canonicalBaselineRules(clause.within) };
  if ('descriptionPrefix' in clause) return { descriptionPrefix: clause.descriptionPrefix, ...bounds };
  if ('sourceGroup' in clause) return { sourceGroup: clause.sourceGroup, ...bounds };
  if ('prefixList' in clause) return { prefixList: clause.prefixList, ...bounds };
  const { key, value } = clause.tag;
  return { tag: value === undefined ? { key } : { key, value }, ...bounds };
}

function sortCompiledByText<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const byText = new Map<string, T>();
  for (const item of items) {
    const text = textOf(item);
    if (!byText.has(text)) byText.set(text, item);
  }
  // The operators `<` and `>` compare code units, so the order does not depend on the locale.
  return [...byText].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
