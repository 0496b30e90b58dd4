/** Which guarded groups a call concerns. */
import { guardedGroupIds, type Baseline, type CompiledBaseline } from '@portcullis/baseline';
import type { ApiCall } from '@portcullis/cloudtrail';
import type { IpPermission } from '@portcullis/permission-diff';
import { SecurityGroupCallError, type SecurityGroupReader } from '@portcullis/security-groups';

export type Concerned =
  { readonly ok: true; readonly groupIds: readonly string[] } | { readonly ok: false; readonly reason: string };

/**
 * Returns the guarded groups among those the record names: by id in the request or the response, by name, or by a prefix list that
 * their baseline refers to. A call whose group cannot be told is not taken for one that concerns nobody.
 */
export async function concernedGroups(
  call: ApiCall,
  baseline: CompiledBaseline,
  securityGroups: SecurityGroupReader,
): Promise<Concerned> {
  const guarded = new Set(guardedGroupIds(baseline));
  const { groupIds, groupName, prefixListIds } = call.target;
  const named = new Set<string>(groupIds);
  if (named.size === 0 && groupName !== null) {
    try {
      for (const id of await securityGroups.findGroupIds(groupName)) named.add(id);
    } catch (error) {
      if (!(error instanceof SecurityGroupCallError)) throw error;
      return {
        ok: false,
        reason: `${call.eventName} names a group only by name, and its id could not be looked up: ${error.code}`,
      };
    }
  }
  for (const id of groupsThatReferTo(prefixListIds, baseline)) named.add(id);
  if (named.size === 0 && prefixListIds.length === 0 && groupName === null && call.unreadable.length > 0) {
    return {
      ok: false,
      reason: `it cannot be told which group ${call.eventName} concerns: ${call.unreadable.map(({ path, expected }) => `\`${path}\` should be ${expected}`).join('; ')}`,
    };
  }
  return { ok: true, groupIds: [...named].filter((id) => guarded.has(id)).sort() };
}

function groupsThatReferTo(prefixListIds: readonly string[], { baselines }: CompiledBaseline): string[] {
  return baselines
    .filter((baseline) => prefixListIds.some((id) => refersTo(baseline, id)))
    .flatMap(({ groups }) => groups.ids);
}

function refersTo({ ingress, egress = [], permit }: Baseline, prefixListId: string): boolean {
  const permissions: readonly IpPermission[] = [...ingress, ...egress, ...permit.map(({ permission }) => permission)];
  return permissions.some(({ PrefixListIds = [] }) => PrefixListIds.some((list) => list.PrefixListId === prefixListId));
}
