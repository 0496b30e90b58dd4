/** Finds what applies to groups, for each event, for the schedule of the remediator and for a change of a prefix list. */
import {
  guardedGroupIds,
  limitsEveryGroup,
  selectionNeedsGroupFacts,
  selectBaseline,
  selectBaselineById,
  type CompiledBaseline,
  type Selection,
} from '@portcullis/baseline';
import type { GroupFacts, SecurityGroupReader } from '@portcullis/security-groups';

/** What applies to a group: a baseline, limits, or both. */
export type Selected = Exclude<Selection, { readonly kind: 'unguarded' }>;

export interface SelectedGroup {
  readonly id: string;
  readonly selection: Selected;
  /** Absent if a baseline or a limit names the group by its id and EC2 does not know the group. */
  readonly facts: GroupFacts | undefined;
}

/**
 * Returns the groups that baselines or limits select, in the order of their ids. Lists all groups of the account only if the ids alone do
 * not determine these groups.
 *
 * @throws {SecurityGroupCallError} if the groups cannot be listed.
 */
export async function listSelectedGroups(
  compiled: CompiledBaseline,
  securityGroups: Pick<SecurityGroupReader, 'listGroups'>,
): Promise<readonly SelectedGroup[]> {
  const named = guardedGroupIds(compiled);
  const listed = await securityGroups.listGroups(selectsGroupsBeyondIds(compiled) ? undefined : named);
  const facts = new Map(listed.map((group) => [group.id, group]));
  return [...new Set([...named, ...facts.keys()])].sort().flatMap((id) => {
    const group = facts.get(id);
    const selection = group === undefined ? selectBaselineById(compiled, id) : selectBaseline(compiled, group);
    return selection.kind === 'unguarded' ? [] : [{ id, selection, facts: group }];
  });
}

/** Reports whether groups may be selected that no baseline and no limit names by id. */
export function selectsGroupsBeyondIds(compiled: CompiledBaseline): boolean {
  return selectionNeedsGroupFacts(compiled) || limitsEveryGroup(compiled);
}

/** Returns what applies to the group with this id, or `undefined` if its tags, name or VPC decide that. */
export function selectionFromIdAlone(compiled: CompiledBaseline, id: string): Selection | undefined {
  const selection = selectBaselineById(compiled, id);
  // A baseline that lists the id takes precedence over criteria. Limits have no precedence.
  const deciding = selection.kind === 'guarded' || selection.kind === 'ambiguous' ? { ...compiled, baselines: [] } : compiled;
  return selectionNeedsGroupFacts(deciding) ? undefined : selection;
}

/** Reports whether it is clear what the rules of the group must be. If several baselines select the group, only its limits are clear. */
export function isJudgeableSelection(selection: Selection | undefined): selection is Selected {
  return selection !== undefined && selection.kind !== 'unguarded' && (selection.kind !== 'ambiguous' || selection.limits.length > 0);
}
