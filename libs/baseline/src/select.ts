/** Which group has which baseline. */
import type { Baseline, CompiledBaseline, GroupCriteria } from './baseline.js';
import { matchesName } from './name-pattern.js';

/** What a group is selected by, as EC2 tells it now: tags and names can be changed by whoever may, ids cannot. */
export interface SelectableGroup {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export type Selection =
  | { readonly kind: 'guarded'; readonly baseline: Baseline }
  /** No baseline selects the group: it is none of our business and never touched. */
  | { readonly kind: 'unguarded' }
  /** Several baselines select the group at the same level. Which of them is meant is not for us to say. `names` ascend. */
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] };

/** Returns the baseline that selects the group. One that names its id beats those whose criteria it meets. */
export function selectBaseline(compiled: CompiledBaseline, group: SelectableGroup): Selection {
  const byId = selectById(compiled, group.id);
  if (byId.kind !== 'unguarded') return byId;
  return onlyOne(compiled.baselines.filter(({ groups }) => meets(group, groups)));
}

/** Returns the baseline that names the id; what a group is besides its id is not needed for that. */
export function selectById(compiled: CompiledBaseline, id: string): Selection {
  let byId = baselinesById.get(compiled);
  if (byId === undefined) {
    byId = indexById(compiled);
    baselinesById.set(compiled, byId);
  }
  return onlyOne(byId.get(id) ?? []);
}

/** Worked out once for each: a baseline may name thousands of groups, each of which is asked for. */
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

/** Returns the ids of all groups that a baseline names, ascending, each once. */
export function guardedGroupIds(compiled: CompiledBaseline): readonly string[] {
  return [...new Set(compiled.baselines.flatMap(({ groups }) => groups.ids))].sort();
}

/** Reports whether some baseline selects by tag, name or VPC, so that ids alone do not tell which groups are guarded. */
export function selectsByCriteria({ baselines }: CompiledBaseline): boolean {
  return baselines.some(({ groups }) => hasCriteria(groups));
}

/** Reports whether there is anything that a group could meet. */
export function hasCriteria({ tags, names, vpcs }: { readonly [Key in keyof GroupCriteria]: unknown }): boolean {
  return tags !== undefined || names !== undefined || vpcs !== undefined;
}

/** Reports whether some baseline ignores rules by their tags, so that to tag a rule changes what is done about it. */
export function ignoresByTag({ baselines }: CompiledBaseline): boolean {
  return baselines.some(({ ignore }) => ignore.some((clause) => 'tag' in clause));
}

/** Reports whether a tag of a group or of a rule decides anything. */
export function tagsMatter(compiled: CompiledBaseline): boolean {
  return ignoresByTag(compiled) || compiled.baselines.some(({ groups }) => groups.tags !== undefined);
}

/** Returns the last days of all permits that end, ascending, each once. No change of a group tells that such a day is over. */
export function permitEnds({ baselines }: CompiledBaseline): readonly string[] {
  return [...new Set(baselines.flatMap(({ permit }) => permit.flatMap(({ until }) => until ?? [])))].sort();
}

function onlyOne(selecting: readonly Baseline[]): Selection {
  const [baseline] = selecting;
  if (baseline === undefined) return { kind: 'unguarded' };
  if (selecting.length === 1) return { kind: 'guarded', baseline };
  return { kind: 'ambiguous', names: selecting.map(({ name }) => name).sort() };
}

function meets({ name, vpcId, tags }: SelectableGroup, wanted: GroupCriteria): boolean {
  if (!hasCriteria(wanted)) return false;
  const hasTag = ([key, value]: [string, string]): boolean => Object.hasOwn(tags, key) && tags[key] === value;
  return (
    Object.entries(wanted.tags ?? {}).every(hasTag) &&
    (wanted.names === undefined || (name !== null && wanted.names.some((pattern) => matchesName(pattern, name)))) &&
    (wanted.vpcs === undefined || (vpcId !== null && wanted.vpcs.includes(vpcId)))
  );
}
