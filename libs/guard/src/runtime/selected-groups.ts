/** Finds the groups that baselines and limits select. Both functions use this module. */
import {
  baselineGroupIds,
  limitsEveryGroup,
  selectionNeedsGroupFacts,
  selectBaseline,
  selectBaselineById,
  type CompiledBaseline,
  type Selection,
} from '@portcullis/baseline';
import type { GroupFacts, SecurityGroupReader } from '@portcullis/security-groups';

/** The baseline or the limits, or both, that apply to a group. */
export type Selected = Exclude<Selection, { readonly kind: 'unguarded' }>;

export interface SelectedGroup {
  readonly id: string;
  readonly selection: Selected;
  /** EC2's description of the group. `undefined` if a baseline or a limit names the group by id but the group does not exist. */
  readonly facts: GroupFacts | undefined;
}

/**
 * Returns the groups that baselines or limits select, in the order of their ids. Lists all groups of the account only if a baseline or a
 * limit selects groups by criteria other than ids.
 *
 * @throws {SecurityGroupCallError} if the groups cannot be listed.
 */
export async function listSelectedGroups(
  compiled: CompiledBaseline,
  securityGroups: Pick<SecurityGroupReader, 'listGroups'>,
): Promise<readonly SelectedGroup[]> {
  const named = baselineGroupIds(compiled);
  const listed = await securityGroups.listGroups(mustFunctionListAllGroups(compiled) ? undefined : named);
  const facts = new Map(listed.map((group) => [group.id, group]));
  return [...new Set([...named, ...facts.keys()])].sort().flatMap((id) => {
    const group = facts.get(id);
    const selection = group === undefined ? selectBaselineById(compiled, id) : selectBaseline(compiled, group);
    return selection.kind === 'unguarded' ? [] : [{ id, selection, facts: group }];
  });
}

/** Reports whether a baseline or a limit selects groups by criteria other than ids. */
export function mustFunctionListAllGroups(compiled: CompiledBaseline): boolean {
  return selectionNeedsGroupFacts(compiled) || limitsEveryGroup(compiled);
}

/**
 * Returns the baseline and the limits of the group with this id, or `undefined` if the group's tags, name or VPC decide which baseline or
 * limits apply.
 */
export function guardSelectionById(compiled: CompiledBaseline, id: string): Selection | undefined {
  const selection = selectBaselineById(compiled, id);
  // A baseline that names the group by id takes precedence over baselines that select by criteria. But all limits that select the group
  // apply.
  const deciding = selection.kind === 'guarded' || selection.kind === 'ambiguous' ? { ...compiled, baselines: [] } : compiled;
  return selectionNeedsGroupFacts(deciding) ? undefined : selection;
}

/**
 * Reports whether a baseline or a limit applies to the group. If several baselines select the group, none of these baselines applies, but
 * limits may apply.
 */
export function isGuardedOrLimited(selection: Selection | undefined): selection is Selected {
  return selection !== undefined && selection.kind !== 'unguarded' && (selection.kind !== 'ambiguous' || selection.limits.length > 0);
}
