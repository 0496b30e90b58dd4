/** Which groups a call concerns, and what guards each. */
import {
  guardedGroupIds,
  ignoresByTag,
  selectBaseline,
  selectById,
  selectsByCriteria,
  type Baseline,
  type CompiledBaseline,
} from '@portcullis/baseline';
import type { ApiCall, TagsChange } from '@portcullis/cloudtrail';
import type { IpPermission } from '@portcullis/permission-diff';
import {
  isReadError,
  SecurityGroupCallError,
  type GroupFacts,
  type LiveRule,
  type ReadError,
  type SecurityGroupReader,
} from '@portcullis/security-groups';
import { leftByTags, tagsAreTheReason } from './tags.js';

export type ConcernedGroup =
  | { readonly id: string; readonly kind: 'guarded'; readonly baseline: Baseline; readonly read?: GroupRead }
  /** A change of its tags has taken it out of the baseline, or may have. */
  | { readonly id: string; readonly kind: 'left'; readonly baseline: Baseline; readonly certain: boolean }
  /** Several baselines select it. */
  | { readonly id: string; readonly kind: 'ambiguous'; readonly names: readonly string[] }
  /** It does not exist any more, and with it is gone what would tell whether a baseline selects it. */
  | { readonly id: string; readonly kind: 'vanished' }
  /** What would tell whether a baseline selects it could not be read. */
  | { readonly id: string; readonly kind: 'unknown'; readonly error: SecurityGroupCallError };

/** What has been read of a group to find out whether the call concerns it: it need not be read again. */
export interface GroupRead {
  readonly live: readonly LiveRule[] | ReadError;
  /** Absent where there is no such group. */
  readonly facts: GroupFacts | undefined;
}

export type Concerned =
  | { readonly ok: true; readonly groups: readonly ConcernedGroup[] }
  /** It cannot be told which groups the call concerns. */
  | { readonly ok: false; readonly reason: string };

/**
 * Returns the guarded groups among those the record names: by id in the request or the response, by name, by a rule that is tagged, or by
 * a prefix list that they or their baseline refer to. A call whose group cannot be told is not taken for one that concerns nobody.
 */
export async function concernedGroups(
  call: ApiCall,
  compiled: CompiledBaseline,
  securityGroups: SecurityGroupReader,
): Promise<Concerned> {
  const { groupIds, groupName, prefixListIds, ruleIds } = call.target;
  const isTagging = call.change.kind === 'tags';
  const named = new Set<string>(groupIds);
  // Rules say which group is meant where nothing else does, and where it is they that are tagged.
  const decidingRules = (isTagging ? ignoresByTag(compiled) : named.size === 0 && groupName === null) ? ruleIds : [];
  let ofRules: readonly string[] = [];
  let ofLists: readonly ConcernedGroup[] = [];
  try {
    if (named.size === 0 && groupName !== null)
      for (const id of await securityGroups.findGroupIds(groupName)) named.add(id);
    if (decidingRules.length > 0) ofRules = await securityGroups.findGroupIdsOfRules(decidingRules);
    ofLists = await groupsThatReferTo(prefixListIds, compiled, securityGroups);
  } catch (error) {
    if (!(error instanceof SecurityGroupCallError)) throw error;
    const by = decidingRules.length > 0 ? 'rules by id' : groupName === null ? 'a prefix list' : 'a group only by name';
    return {
      ok: false,
      reason: `${call.eventName} names ${by}, and which groups that concerns could not be looked up: ${error.code}`,
    };
  }
  const namesNothing = named.size + prefixListIds.length + ofRules.length === 0 && groupName === null;
  if (namesNothing && call.unreadable.length > 0 && !(isTagging && ruleIds.length > 0)) {
    return {
      ok: false,
      reason: `it cannot be told which group ${call.eventName} concerns: ${call.unreadable.map(({ path, expected }) => `\`${path}\` should be ${expected}`).join('; ')}`,
    };
  }
  const groups: ConcernedGroup[] = [...ofLists];
  for (const id of [...new Set([...named, ...ofRules])].sort()) {
    const tagged = call.change.kind === 'tags' && named.has(id) ? call.change : undefined;
    const group = await selected({ id, tagged, also: ofRules.includes(id) }, call, compiled, securityGroups);
    if (group !== undefined) groups.push(group);
  }
  return { ok: true, groups };
}

interface Named {
  readonly id: string;
  /** The change of its tags, if that is how the call concerns it. */
  readonly tagged: TagsChange | undefined;
  /** The call concerns it in another way as well. */
  readonly also: boolean;
}

/** Returns nothing for a group that no baseline selects. What it has besides its id is asked for only where that may matter. */
async function selected(
  { id, tagged, also }: Named,
  call: ApiCall,
  compiled: CompiledBaseline,
  securityGroups: SecurityGroupReader,
): Promise<ConcernedGroup | undefined> {
  const byId = selectById(compiled, id);
  if (byId.kind !== 'unguarded' || !selectsByCriteria(compiled)) {
    // A group that is named by its id stays guarded whatever its tags are.
    return byId.kind === 'unguarded' || (tagged !== undefined && !also) ? undefined : { id, ...byId };
  }
  let facts: GroupFacts | undefined;
  try {
    facts = await securityGroups.describeGroup(id);
  } catch (error) {
    if (!(error instanceof SecurityGroupCallError)) throw error;
    return { id, kind: 'unknown', error };
  }
  // Of a group that was tagged and then deleted, the deletion tells.
  if (facts === undefined) return tagged === undefined ? { id, kind: 'vanished' } : undefined;
  const selection = selectBaseline(compiled, facts);
  if (tagged !== undefined) {
    const left = leftByTags(tagged, call.outcome, facts, compiled);
    if (left !== undefined) return { id, kind: 'left', ...left };
    if (!also && !tagsAreTheReason(tagged, selection, compiled)) return undefined;
  }
  return selection.kind === 'unguarded' ? undefined : { id, ...selection };
}

/**
 * Returns the guarded groups whose rules or whose baseline refer to one of the lists, for a few calls in all. A group whose rules cannot be
 * read is taken for one that does: it is then told that they could not be read.
 *
 * @throws {SecurityGroupCallError} when the groups cannot be listed.
 */
async function groupsThatReferTo(
  prefixListIds: readonly string[],
  compiled: CompiledBaseline,
  securityGroups: SecurityGroupReader,
): Promise<readonly ConcernedGroup[]> {
  if (prefixListIds.length === 0) return [];
  const named = guardedGroupIds(compiled);
  const listed = await securityGroups.listGroups(selectsByCriteria(compiled) ? undefined : named);
  const facts = new Map(listed.map((group) => [group.id, group]));
  const selections = [...new Set([...named, ...facts.keys()])].sort().map((id) => {
    const group = facts.get(id);
    return { id, selection: group === undefined ? selectById(compiled, id) : selectBaseline(compiled, group) };
  });
  const guarded = selections.filter(({ selection }) => selection.kind !== 'unguarded');
  const rules = await securityGroups.readRulesOf(guarded.map(({ id }) => id));
  return guarded.flatMap(({ id, selection }): ConcernedGroup[] => {
    const live = rules.get(id) ?? [];
    const baseline = selection.kind === 'guarded' ? selection.baseline : undefined;
    const refers = (list: string): boolean =>
      isReadError(live) || hasRuleFor(live, list) || (baseline !== undefined && refersTo(baseline, list));
    if (!prefixListIds.some(refers) || selection.kind === 'unguarded') return [];
    return [
      selection.kind === 'guarded' ? { id, ...selection, read: { live, facts: facts.get(id) } } : { id, ...selection },
    ];
  });
}

function hasRuleFor(live: readonly LiveRule[], prefixListId: string): boolean {
  return live.some(({ source }) => source.kind === 'prefixList' && source.prefixListId === prefixListId);
}

function refersTo({ ingress, egress = [], permit }: Baseline, prefixListId: string): boolean {
  const permissions: readonly IpPermission[] = [...ingress, ...egress, ...permit.map(({ permission }) => permission)];
  return permissions.some(({ PrefixListIds = [] }) => PrefixListIds.some((list) => list.PrefixListId === prefixListId));
}
