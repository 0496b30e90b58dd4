/** The one canonical form: two spellings of the same baseline become deeply equal, keys in the same order. */
import { InvalidPermissionError, permissionsOf, readRules, type Direction, type IpPermission } from '@portcullis/permission-diff';
import type { Baseline, CompiledBaseline, GroupSelection, IgnoreClause, Permit } from './baseline.js';

/**
 * Returns the baselines in canonical form: permissions as `permissionsOf` writes them, group ids, permits, ignore clauses and baselines
 * sorted, repetitions dropped, keys in a fixed order.
 *
 * @throws {InvalidPermissionError} when a permission is one that EC2 would refuse.
 */
export function canonicalBaselines(baselines: readonly Baseline[]): CompiledBaseline {
  return {
    format: 'portcullis-baseline',
    version: 1,
    // The name is the first key, so this is by name.
    baselines: uniqueSorted(baselines.map(canonicalBaseline), (each) => JSON.stringify(each)),
  };
}

function canonicalBaseline(baseline: Baseline): Baseline {
  const { name, groups, mode, compare, ingress, egress, permit, ignore } = baseline;
  return {
    name,
    groups: canonicalSelection(groups),
    mode,
    compare,
    ingress: canonicalPermissions(ingress, 'ingress'),
    ...(egress === undefined ? {} : { egress: canonicalPermissions(egress, 'egress') }),
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

function canonicalPermissions(permissions: readonly IpPermission[], direction: Direction): IpPermission[] {
  const read = readRules(permissions, { direction, path: direction });
  if (!read.ok) throw new InvalidPermissionError(read.problems);
  return permissionsOf(read.value);
}

/** Permits on the same terms are one permit for each protocol and ports, however they were split up. */
function canonicalPermits(permits: readonly Permit[]): Permit[] {
  const byTerms = new Map<string, [Permit, ...Permit[]]>();
  for (const permit of permits) {
    const { direction, until, reason } = permit;
    const terms = JSON.stringify([direction, until, reason]);
    const others = byTerms.get(terms);
    if (others === undefined) byTerms.set(terms, [permit]);
    else others.push(permit);
  }
  const merged = [...byTerms.values()].flatMap((alike) => {
    const [{ direction, until, reason }] = alike;
    const permissions = canonicalPermissions(
      alike.map(({ permission }) => permission),
      direction,
    );
    return permissions.map((permission) => ({
      direction,
      permission,
      ...(until === undefined ? {} : { until }),
      ...(reason === undefined ? {} : { reason }),
    }));
  });
  return uniqueSorted(merged, (permit) => JSON.stringify(permit));
}

function canonicalClause(clause: IgnoreClause): IgnoreClause {
  if ('descriptionPrefix' in clause) return { descriptionPrefix: clause.descriptionPrefix };
  if ('sourceGroup' in clause) return { sourceGroup: clause.sourceGroup };
  if ('prefixList' in clause) return { prefixList: clause.prefixList };
  const { key, value } = clause.tag;
  return { tag: value === undefined ? { key } : { key, value } };
}

/** Sorted by the text of each; of several with the same text the first is kept. */
function uniqueSorted<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const byText = new Map<string, T>();
  for (const item of items) {
    const text = textOf(item);
    if (!byText.has(text)) byText.set(text, item);
  }
  // By code unit, which does not depend on a locale.
  return [...byText].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
