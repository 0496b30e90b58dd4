/** Selects the baseline and the limits that apply to a group. */
import type { Baseline, CompiledBaseline, GroupCriteria, GroupSelection, Limit, LimitedGroups } from './baseline.js';
import { matchesGroupName } from './name-pattern.js';

/** The properties of an EC2 security group by which baselines and limits select the group. */
export interface SelectableGroup {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** Says which baseline and which limits select a group. `limits` are sorted by name. */
export type Selection =
  | { readonly kind: 'guarded'; readonly baseline: Baseline; readonly limits: readonly Limit[] }
  /** No baseline selects the group, but at least one limit does. */
  | { readonly kind: 'limited'; readonly limits: readonly Limit[] }
  /**
   * Several baselines list the group's id. Or no baseline lists the id, and the group meets the criteria of several baselines. Only the
   * limits apply to such a group. `names` are sorted.
   */
  | { readonly kind: 'ambiguous'; readonly names: readonly string[]; readonly limits: readonly Limit[] }
  /** Neither a baseline nor a limit selects the group, so Portcullis never touches the group. */
  | { readonly kind: 'unguarded' };

/**
 * Returns the baseline and the limits that select the group. A baseline that lists the group's id takes precedence over baselines whose
 * criteria match. Limits have no precedence: every limit that selects the group applies.
 */
export function selectBaseline(compiled: CompiledBaseline, group: SelectableGroup): Selection {
  const named = baselinesListingId(compiled, group.id);
  const selecting = named.length > 0 ? named : compiled.baselines.filter(({ groups }) => groupMeetsCriteria(group, groups));
  const limits = (compiled.limits ?? []).filter(({ groups }) => limitAppliesToGroup(groups, group));
  return resolveSelection(selecting, limits);
}

/**
 * Returns the baseline that lists the id, and the limits that apply to the group regardless of its tags, name and VPC. The result lacks
 * baselines and limits that depend on the tags, the name or the VPC of the group: `selectionNeedsGroupFacts` reports whether such baselines
 * or limits exist.
 */
export function selectBaselineById(compiled: CompiledBaseline, id: string): Selection {
  const limits = (compiled.limits ?? []).filter(({ groups }) => {
    const mayBeExcepted = groups.except !== undefined && (selectionListsId(groups.except, id) || hasGroupCriteria(groups.except));
    return (groups.all === true || selectionListsId(groups, id)) && !mayBeExcepted;
  });
  return resolveSelection(baselinesListingId(compiled, id), limits);
}

function limitAppliesToGroup(groups: LimitedGroups, group: SelectableGroup): boolean {
  return (
    (groups.all === true || selectionContainsGroup(groups, group)) &&
    !(groups.except !== undefined && selectionContainsGroup(groups.except, group))
  );
}

function selectionContainsGroup(groups: GroupSelection, group: SelectableGroup): boolean {
  return selectionListsId(groups, group.id) || groupMeetsCriteria(group, groups);
}

function selectionListsId(groups: GroupSelection, id: string): boolean {
  if (groups.ids.length === 0) return false;
  let ids = idSets.get(groups);
  if (ids === undefined) {
    ids = new Set(groups.ids);
    idSets.set(groups, ids);
  }
  return ids.has(id);
}

const idSets = new WeakMap<GroupSelection, ReadonlySet<string>>();

function resolveSelection(selecting: readonly Baseline[], limits: readonly Limit[]): Selection {
  const [baseline] = selecting;
  if (baseline === undefined) return limits.length === 0 ? { kind: 'unguarded' } : { kind: 'limited', limits };
  if (selecting.length === 1) return { kind: 'guarded', baseline, limits };
  return { kind: 'ambiguous', names: selecting.map(({ name }) => name).sort(), limits };
}

function baselinesListingId(compiled: CompiledBaseline, id: string): readonly Baseline[] {
  let byId = baselinesById.get(compiled);
  if (byId === undefined) {
    byId = indexBaselinesById(compiled);
    baselinesById.set(compiled, byId);
  }
  return byId.get(id) ?? [];
}

/**
 * Caches one index of group ids for each `CompiledBaseline`, because Portcullis looks up each of possibly thousands of groups.
 */
const baselinesById = new WeakMap<CompiledBaseline, ReadonlyMap<string, readonly Baseline[]>>();

function indexBaselinesById({ baselines }: CompiledBaseline): ReadonlyMap<string, readonly Baseline[]> {
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

/**
 * Returns the group ids that baselines and limits list in `ids`, sorted and without duplicates. The result contains no ids from `except`.
 */
export function baselineGroupIds({ baselines, limits = [] }: CompiledBaseline): readonly string[] {
  return [...new Set([...baselines, ...limits].flatMap(({ groups }) => groups.ids))].sort();
}

/** Reports whether a limit selects all groups of the account. If so, Portcullis must list all groups of the account. */
export function limitsEveryGroup({ limits = [] }: CompiledBaseline): boolean {
  return limits.some(({ groups }) => groups.all === true);
}

/**
 * Reports whether any baseline or limit selects or excepts groups by tag, name or VPC. If so, a caller must read these properties of a
 * group to find its baseline and limits.
 */
export function selectionNeedsGroupFacts(compiled: CompiledBaseline): boolean {
  const { limits = [] } = compiled;
  return (
    selectsByCriteria(compiled) ||
    limits.some(({ groups }) => hasGroupCriteria(groups) || (groups.except !== undefined && hasGroupCriteria(groups.except)))
  );
}

/**
 * Reports whether a baseline selects groups by tag, name or VPC. If so, a baseline can select a group although no baseline lists the
 * group's id.
 */
export function selectsByCriteria({ baselines }: CompiledBaseline): boolean {
  return baselines.some(({ groups }) => hasGroupCriteria(groups));
}

export function hasGroupCriteria({ tags, names, vpcs }: GroupCriteria): boolean {
  return tags !== undefined || names !== undefined || vpcs !== undefined;
}

/** Reports whether a baseline ignores rules by tag. If so, a caller must read the tags of rules. */
export function ignoresRulesByTag({ baselines }: CompiledBaseline): boolean {
  return baselines.some(({ ignore }) => ignore.some((clause) => 'tag' in clause));
}

/** Reports whether a baseline or limit selects or excepts groups by tag, or a baseline ignores rules by tag. */
export function baselineDependsOnTags(compiled: CompiledBaseline): boolean {
  const { baselines, limits = [] } = compiled;
  const selections = [...baselines.map(({ groups }) => groups), ...limits.flatMap(({ groups }) => [groups, groups.except ?? NONE])];
  return ignoresRulesByTag(compiled) || selections.some(({ tags }) => tags !== undefined);
}

const NONE: GroupSelection = { ids: [] };

/**
 * Returns the last days of all permits that have an end, sorted and without duplicates. AWS sends no event when such a day is over, so
 * callers need a schedule.
 */
export function baselinePermitEndDays({ baselines, limits = [] }: CompiledBaseline): readonly string[] {
  return [...new Set([...baselines, ...limits].flatMap(({ permit }) => permit.flatMap(({ until }) => until ?? [])))].sort();
}

/** Changes the mode `approve` to `enforce`, for a group whose restoration somebody has approved. */
export function baselineAfterApproval(baseline: Baseline): Baseline {
  return baseline.mode === 'approve' ? { ...baseline, mode: 'enforce' } : baseline;
}

function groupMeetsCriteria({ name, vpcId, tags }: SelectableGroup, criteria: GroupCriteria): boolean {
  if (!hasGroupCriteria(criteria)) return false;
  const hasTag = ([key, value]: [string, string]): boolean => Object.hasOwn(tags, key) && tags[key] === value;
  return (
    Object.entries(criteria.tags ?? {}).every(hasTag) &&
    (criteria.names === undefined || (name !== null && criteria.names.some((pattern) => matchesGroupName(pattern, name)))) &&
    (criteria.vpcs === undefined || (vpcId !== null && criteria.vpcs.includes(vpcId)))
  );
}
