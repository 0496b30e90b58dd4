/** Selects the baseline of a group. */
import type { Baseline, CompiledBaseline, GroupCriteria } from './baseline.js';
import { matchesName } from './name-pattern.js';

/** The properties that select a group, as they are in EC2 now. */
export interface SelectableGroup {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export type Selection =
  | { readonly kind: 'guarded'; readonly baseline: Baseline }
  /** No baseline selects the group, so it is never touched. */
  | { readonly kind: 'unguarded' }
  /** Several baselines select the group at the same level, so it is unclear which baseline applies. `names` are sorted. */
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] };

/**
 * Returns the baseline that selects the group. A baseline that lists the group's id takes precedence over baselines whose criteria match.
 */
export function selectBaseline(compiled: CompiledBaseline, group: SelectableGroup): Selection {
  const byId = selectById(compiled, group.id);
  if (byId.kind !== 'unguarded') return byId;
  return onlyOne(compiled.baselines.filter(({ groups }) => matchesCriteria(group, groups)));
}

/** Returns the baseline that lists the id. Unlike `selectBaseline`, it needs no call to EC2. */
export function selectById(compiled: CompiledBaseline, id: string): Selection {
  let byId = baselinesById.get(compiled);
  if (byId === undefined) {
    byId = indexById(compiled);
    baselinesById.set(compiled, byId);
  }
  return onlyOne(byId.get(id) ?? []);
}

/**
 * An index that is built once for each compiled baseline, because a baseline may list thousands of groups and each of them is looked up.
 */
const baselinesById = new WeakMap<CompiledBaseline, ReadonlyMap<string, readonly Baseline[]>>();

function indexById({ baselines }: CompiledBaseline): ReadonlyMap<string, readonly Baseline[]> {
  const byId = new Map<string, Baseline[]>();
  for (const baseline of baselines) {
    for (const id of new Set(baseline.groups.ids)) {
      const naming = byId.get(id);
      if (naming === undefined) byId.set(id, [baseline]);
      else naming.push(baseline);
    }
  }
  return byId;
}

/** Returns all group ids that the baselines list, sorted and without duplicates. */
export function guardedGroupIds(compiled: CompiledBaseline): readonly string[] {
  return [...new Set(compiled.baselines.flatMap(({ groups }) => groups.ids))].sort();
}

/** Reports whether a baseline selects by tag, name or VPC. If so, the ids alone do not determine which groups are guarded. */
export function selectsByCriteria({ baselines }: CompiledBaseline): boolean {
  return baselines.some(({ groups }) => hasCriteria(groups));
}

export function hasCriteria({ tags, names, vpcs }: GroupCriteria): boolean {
  return tags !== undefined || names !== undefined || vpcs !== undefined;
}

/** Reports whether a baseline ignores rules by tag. If so, a rule's tag decides whether the rule is drift. */
export function ignoresByTag({ baselines }: CompiledBaseline): boolean {
  return baselines.some(({ ignore }) => ignore.some((clause) => 'tag' in clause));
}

/** Reports whether a tag of a group or of a rule affects any decision. */
export function tagsMatter(compiled: CompiledBaseline): boolean {
  return ignoresByTag(compiled) || compiled.baselines.some(({ groups }) => groups.tags !== undefined);
}

/** Returns the last days of all permits that end, sorted and without duplicates. No event occurs when such a day is over. */
export function permitEnds({ baselines }: CompiledBaseline): readonly string[] {
  return [...new Set(baselines.flatMap(({ permit }) => permit.flatMap(({ until }) => until ?? [])))].sort();
}

function onlyOne(selecting: readonly Baseline[]): Selection {
  const [baseline] = selecting;
  if (baseline === undefined) return { kind: 'unguarded' };
  if (selecting.length === 1) return { kind: 'guarded', baseline };
  return { kind: 'ambiguous', names: selecting.map(({ name }) => name).sort() };
}

function matchesCriteria({ name, vpcId, tags }: SelectableGroup, criteria: GroupCriteria): boolean {
  if (!hasCriteria(criteria)) return false;
  const hasTag = ([key, value]: [string, string]): boolean => Object.hasOwn(tags, key) && tags[key] === value;
  return (
    Object.entries(criteria.tags ?? {}).every(hasTag) &&
    (criteria.names === undefined || (name !== null && criteria.names.some((pattern) => matchesName(pattern, name)))) &&
    (criteria.vpcs === undefined || (vpcId !== null && criteria.vpcs.includes(vpcId)))
  );
}
