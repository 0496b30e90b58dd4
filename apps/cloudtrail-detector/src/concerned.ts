/** Which groups a call concerns, and what guards each. */
import {
  guardedGroupIds,
  selectBaseline,
  selectById,
  selectsByCriteria,
  type Baseline,
  type CompiledBaseline,
} from '@portcullis/baseline';
import type { ApiCall } from '@portcullis/cloudtrail';
import type { IpPermission } from '@portcullis/permission-diff';
import { SecurityGroupCallError, type GroupFacts, type SecurityGroupReader } from '@portcullis/security-groups';

export type ConcernedGroup =
  | { readonly id: string; readonly kind: 'guarded'; readonly baseline: Baseline }
  /** Several baselines select it. */
  | { readonly id: string; readonly kind: 'ambiguous'; readonly names: readonly string[] }
  /** It does not exist any more, and with it is gone what would tell whether a baseline selects it. */
  | { readonly id: string; readonly kind: 'vanished' }
  /** What would tell whether a baseline selects it could not be read. */
  | { readonly id: string; readonly kind: 'unknown'; readonly error: SecurityGroupCallError };

export type Concerned =
  | { readonly ok: true; readonly groups: readonly ConcernedGroup[] }
  /** It cannot be told which groups the call concerns. */
  | { readonly ok: false; readonly reason: string };

/**
 * Returns the guarded groups among those the record names: by id in the request or the response, by name, or by a prefix list that
 * their baseline refers to. A call whose group cannot be told is not taken for one that concerns nobody.
 */
export async function concernedGroups(
  call: ApiCall,
  compiled: CompiledBaseline,
  securityGroups: SecurityGroupReader,
): Promise<Concerned> {
  const { groupIds, groupName, prefixListIds } = call.target;
  const named = new Set<string>(groupIds);
  try {
    if (named.size === 0 && groupName !== null)
      for (const id of await securityGroups.findGroupIds(groupName)) named.add(id);
    for (const id of await groupsThatReferTo(prefixListIds, compiled, securityGroups)) named.add(id);
  } catch (error) {
    if (!(error instanceof SecurityGroupCallError)) throw error;
    const by = groupName === null ? 'a prefix list' : 'a group only by name';
    return {
      ok: false,
      reason: `${call.eventName} names ${by}, and which groups that concerns could not be looked up: ${error.code}`,
    };
  }
  if (named.size === 0 && prefixListIds.length === 0 && groupName === null && call.unreadable.length > 0) {
    return {
      ok: false,
      reason: `it cannot be told which group ${call.eventName} concerns: ${call.unreadable.map(({ path, expected }) => `\`${path}\` should be ${expected}`).join('; ')}`,
    };
  }
  const groups: ConcernedGroup[] = [];
  for (const id of [...named].sort()) {
    const group = await selected(id, compiled, securityGroups);
    if (group !== undefined) groups.push(group);
  }
  return { ok: true, groups };
}

/** Returns nothing for a group that no baseline selects. What it has besides its id is asked for only where that may matter. */
async function selected(
  id: string,
  compiled: CompiledBaseline,
  securityGroups: SecurityGroupReader,
): Promise<ConcernedGroup | undefined> {
  let selection = selectById(compiled, id);
  if (selection.kind === 'unguarded' && selectsByCriteria(compiled)) {
    let facts: GroupFacts | undefined;
    try {
      facts = await securityGroups.describeGroup(id);
    } catch (error) {
      if (!(error instanceof SecurityGroupCallError)) throw error;
      return { id, kind: 'unknown', error };
    }
    if (facts === undefined) return { id, kind: 'vanished' };
    selection = selectBaseline(compiled, facts);
  }
  return selection.kind === 'unguarded' ? undefined : { id, ...selection };
}

/** @throws {SecurityGroupCallError} when there are groups to be found by what they have, and they cannot be listed. */
async function groupsThatReferTo(
  prefixListIds: readonly string[],
  compiled: CompiledBaseline,
  securityGroups: SecurityGroupReader,
): Promise<readonly string[]> {
  const referring = compiled.baselines.filter((baseline) => prefixListIds.some((id) => refersTo(baseline, id)));
  const found = { ...compiled, baselines: referring };
  const ids = guardedGroupIds(found);
  if (!selectsByCriteria(found)) return ids;
  const listed = await securityGroups.listGroups();
  const isSelected = (facts: GroupFacts): boolean => {
    const selection = selectBaseline(compiled, facts);
    return selection.kind === 'guarded' && referring.includes(selection.baseline);
  };
  return [...ids, ...listed.filter(isSelected).map(({ id }) => id)];
}

function refersTo({ ingress, egress = [], permit }: Baseline, prefixListId: string): boolean {
  const permissions: readonly IpPermission[] = [...ingress, ...egress, ...permit.map(({ permission }) => permission)];
  return permissions.some(({ PrefixListIds = [] }) => PrefixListIds.some((list) => list.PrefixListId === prefixListId));
}
