/** Finds the groups that baselines select, for the schedule of the remediator and for a change of a prefix list. */
import {
  guardedGroupIds,
  selectBaseline,
  selectById,
  selectsByCriteria,
  type CompiledBaseline,
  type Selection,
} from '@portcullis/baseline';
import type { GroupFacts, SecurityGroupReader } from '@portcullis/security-groups';

export interface SelectedGroup {
  readonly id: string;
  readonly selection: Exclude<Selection, { readonly kind: 'unguarded' }>;
  /** Absent if a baseline names the group by its id and EC2 does not know the group. */
  readonly facts: GroupFacts | undefined;
}

/**
 * Returns the groups that one or several baselines select, in the order of their ids. Lists all groups of the account only if a baseline
 * selects by tag, name or VPC.
 *
 * @throws {SecurityGroupCallError} if the groups cannot be listed.
 */
export async function selectedGroups(
  compiled: CompiledBaseline,
  securityGroups: Pick<SecurityGroupReader, 'listGroups'>,
): Promise<readonly SelectedGroup[]> {
  const named = guardedGroupIds(compiled);
  const listed = await securityGroups.listGroups(selectsByCriteria(compiled) ? undefined : named);
  const facts = new Map(listed.map((group) => [group.id, group]));
  return [...new Set([...named, ...facts.keys()])].sort().flatMap((id) => {
    const group = facts.get(id);
    const selection = group === undefined ? selectById(compiled, id) : selectBaseline(compiled, group);
    return selection.kind === 'unguarded' ? [] : [{ id, selection, facts: group }];
  });
}
