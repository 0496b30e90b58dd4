/** Finds the groups that a call affects, and the baseline and limits that apply to each of these groups. */
import { selectBaseline, selectBaselineById, selectsByCriteria, type CompiledBaseline, type Selection } from '@portcullis/baseline';
import { callChangedNothing, type ApiCall, type TagsChange } from '@portcullis/cloudtrail';
import {
  chunksOf,
  isReadError,
  MAX_FILTER_VALUES,
  prefixListIdsOf,
  SecurityGroupCallError,
  sourcesToPlan,
  type GroupFacts,
  type LiveRule,
  type ReadError,
  type SecurityGroupReader,
} from '@portcullis/security-groups';
import type { Departure, Departures } from './departures.js';
import {
  isGuardedOrLimited,
  guardSelectionById,
  listSelectedGroups,
  type Selected,
  type SelectedGroup,
} from '../runtime/selected-groups.js';
import {
  mayChangedTagsDecideSelection,
  hasLeftDeclaration,
  declarationLeftByTags,
  changedSelectingTagKeys,
  isSelectedByChangedTags,
} from './changed-tags.js';

export type ConcernedGroup =
  | JudgeableGroup
  | LeftGroup
  /** A deleted group. EC2 no longer returns the group's tags, so it is unknown whether a baseline selected the group. */
  | { readonly id: string; readonly kind: 'vanished' }
  /** A group whose tags, name or VPC could not be read, so the group's baseline and limits are unknown. */
  | { readonly id: string; readonly kind: 'unknown'; readonly error: SecurityGroupCallError };

/** A group to which a baseline or a limit applies. */
export interface JudgeableGroup {
  readonly id: string;
  readonly kind: 'selected';
  readonly selection: Selected;
  /** `null` if the call changed nothing, because the detector then does not need the group's rules. */
  readonly read: GroupRead | null;
}

/** A group that left, or may have left, a baseline or a limit because the group's tags changed. */
export interface LeftGroup extends Pick<JudgeableGroup, 'id' | 'read'> {
  readonly kind: 'left';
  readonly departure: Departure;
  /** Whether records prove that `departure.before` applied to the group. If no record proves this, the group's live rules may prove it. */
  readonly certain: boolean;
  /** The baseline and the limits that apply to the group now, if any. */
  readonly selection: Selection;
}

export interface GroupRead {
  readonly live: readonly LiveRule[] | ReadError;
  /** `undefined` if the group does not exist. */
  readonly facts: GroupFacts | ReadError | undefined;
}

/** The groups that a call may affect. The groups are in batches, because one call can tag a thousand resources. */
export type ConcernedGroups =
  | { readonly ok: true; readonly batches: readonly Batch[] }
  /** The lookup of the groups failed. */
  | { readonly ok: false; readonly reason: string };

export interface Batch {
  /** The ids of the groups to read, including groups that no baseline and no limit selects. */
  readonly ids: readonly string[];
  /** Returns the affected groups in `ids` that a baseline or a limit selects. */
  readonly read: () => Promise<readonly ConcernedGroup[]>;
}

/**
 * Returns the groups that the record names by id, by name or by the ids of their rules. If the record names a prefix list, returns the
 * groups whose rules, baseline or limits refer to the list. If the lookup of the groups fails, returns the reason, which the detector
 * reports.
 */
export async function findConcernedGroups(
  call: ApiCall,
  compiled: CompiledBaseline,
  securityGroups: SecurityGroupReader,
  departures: Departures,
): Promise<ConcernedGroups> {
  const { groupIds, groupName, prefixListIds, ruleIds } = call.target;
  const isTagging = call.change.kind === 'tags';
  // A call on tags matters only if a baseline or a limit uses one of the changed tags.
  const deciding = call.change.kind === 'tags' && mayChangedTagsDecideSelection(call.change, call.unreadable.length === 0, compiled);
  const named = new Set<string>(deciding === false || deciding.groups ? groupIds : []);
  const isByName = groupIds.length === 0 && groupName !== null;
  // Look up groups by rule ids only if the record names no group, or if the call tagged rules.
  const decidingRules = (deciding === false ? groupIds.length === 0 && !isByName : deciding.rules) ? ruleIds : [];
  let byName: readonly GroupFacts[] = [];
  let ofRules: readonly string[] = [];
  let listed: readonly SelectedGroup[] = [];
  try {
    if (isByName) byName = await securityGroups.findGroups(groupName);
    if (decidingRules.length > 0) ofRules = await securityGroups.findGroupIdsOfRules(decidingRules);
    if (prefixListIds.length > 0) listed = await listSelectedGroups(compiled, securityGroups);
  } catch (error) {
    if (!(error instanceof SecurityGroupCallError)) throw error;
    const by = decidingRules.length > 0 ? 'rules by id' : groupName === null ? 'a prefix list' : 'a group only by name';
    return {
      ok: false,
      reason: `${call.eventName} names ${by}, but the lookup of the affected groups failed: ${error.code}`,
    };
  }
  const namesNothing = groupIds.length + prefixListIds.length + ofRules.length === 0 && groupName === null;
  if (namesNothing && call.unreadable.length > 0 && !(isTagging && ruleIds.length > 0)) {
    return {
      ok: false,
      reason: `it is unknown which group ${call.eventName} affects: ${call.unreadable.map(({ path, expected }) => `\`${path}\` should be ${expected}`).join('; ')}`,
    };
  }
  for (const { id } of byName) named.add(id);
  const reader = new GroupsOfCall(call, compiled, securityGroups, departures, byName);
  const tagged = isTagging ? named : new Set<string>();
  const ids = [...new Set([...named, ...ofRules])]
    // Skip tagged groups whose id alone decides which baseline and limits apply.
    .filter((id) => ofRules.includes(id) || !tagged.has(id) || guardSelectionById(compiled, id) === undefined)
    .sort();
  return {
    ok: true,
    batches: [
      ...chunksOf(ids, MAX_FILTER_VALUES).map((chunk) => ({
        ids: chunk,
        read: () => reader.concerned(chunk, tagged, ofRules),
      })),
      ...chunksOf(listed, MAX_FILTER_VALUES).map((chunk) => ({
        ids: chunk.map(({ id }) => id),
        read: () => reader.referring(chunk, prefixListIds),
      })),
    ],
  };
}

class GroupsOfCall {
  /** True only if the call may have changed a group. Otherwise, the groups' rules are not read. */
  private readonly isToBeRead: boolean;

  constructor(
    private readonly call: ApiCall,
    private readonly compiled: CompiledBaseline,
    private readonly securityGroups: SecurityGroupReader,
    private readonly departures: Departures,
    /** The groups that the lookup by name returned. The detector does not look up these groups again. */
    private readonly known: readonly GroupFacts[],
  ) {
    this.isToBeRead = !callChangedNothing(call.outcome);
  }

  /**
   * Returns the groups in `ids` that a baseline or a limit selects. Reads a group's tags, name and VPC only if they decide which baseline
   * and limits apply, or if the finding needs them.
   *
   * @param tagged the groups whose tags the call changed.
   * @param ofRules the groups whose rules the call names by id. The result contains these groups regardless of the tags that the call
   * changed.
   */
  async concerned(ids: readonly string[], tagged: ReadonlySet<string>, ofRules: readonly string[]): Promise<readonly ConcernedGroup[]> {
    const byId = new Map(ids.map((id) => [id, guardSelectionById(this.compiled, id)]));
    const early = this.isToBeRead ? ids.filter((id) => isGuardedOrLimited(byId.get(id))) : [];
    const needingFacts = ids.filter((id) => {
      const selection = byId.get(id);
      return selection === undefined || (this.isToBeRead && selection.kind !== 'unguarded');
    });
    const [first, facts] = await Promise.all([this.rulesOf(early), this.factsOf(needingFacts)]);
    const factsFor = (id: string): GroupFacts | SecurityGroupCallError | undefined =>
      facts instanceof SecurityGroupCallError ? facts : facts.get(id);
    const selected = ids.flatMap((id) => {
      const selection = byId.get(id);
      return selection === undefined ? this.byFacts(id, factsFor(id), tagged, ofRules) : groupAffectedByCall(id, selection);
    });
    const isRead = (group: Unread): group is Extract<Unread, { readonly kind: 'selected' | 'left' }> =>
      group.kind === 'left' || (group.kind === 'selected' && isGuardedOrLimited(group.selection));
    const late = selected.flatMap((group) => (isRead(group) && !first.has(group.id) ? group.id : []));
    const second = this.isToBeRead ? await this.rulesOf(late) : NO_RULES_READ;
    return selected.map((group): ConcernedGroup => {
      if (group.kind !== 'selected' && group.kind !== 'left') return group;
      const live = first.get(group.id) ?? second.get(group.id) ?? [];
      return { ...group, read: this.isToBeRead ? { live, facts: factsFor(group.id) } : null };
    });
  }

  /**
   * Returns the listed groups whose rules, baseline or limits refer to one of the prefix lists, and the groups whose rules cannot be read.
   */
  async referring(listed: readonly SelectedGroup[], prefixListIds: readonly string[]): Promise<readonly ConcernedGroup[]> {
    const judgeable = listed.filter(({ selection }) => isGuardedOrLimited(selection));
    const rules = await this.securityGroups.readRulesOf(judgeable.map(({ id }) => id));
    return judgeable.flatMap(({ id, selection, facts }): ConcernedGroup[] => {
      const live = rules.get(id) ?? [];
      const named = isReadError(live) ? prefixListIds : prefixListIdsOf([...live.map(({ source }) => source), ...sourcesToPlan(selection)]);
      return named.some((list) => prefixListIds.includes(list)) ? [{ id, kind: 'selected', selection, read: { live, facts } }] : [];
    });
  }

  private byFacts(
    id: string,
    facts: GroupFacts | SecurityGroupCallError | undefined,
    tagged: ReadonlySet<string>,
    ofRules: readonly string[],
  ): Unread[] {
    const { call, compiled } = this;
    const byId = selectBaselineById(compiled, id);
    const hasBaseline = byId.kind === 'guarded' || byId.kind === 'ambiguous';
    if (facts instanceof SecurityGroupCallError)
      return hasBaseline ? groupAffectedByCall(id, byId) : [{ id, kind: 'unknown', error: facts }];
    const change = call.change.kind === 'tags' && tagged.has(id) ? call.change : undefined;
    if (facts === undefined) {
      // Report nothing here, because the detector reports the call that deleted the group.
      if (change !== undefined) return [];
      if (hasBaseline) return groupAffectedByCall(id, byId);
      return selectsByCriteria(compiled) ? [{ id, kind: 'vanished' }] : [];
    }
    const selection = selectBaseline(compiled, facts);
    const left = change && declarationLeftByTags(change, call.outcome, facts, compiled, this.changedLately(id, change));
    const known = this.departures.of(id, selection);
    if (left !== undefined) {
      const departure = { before: left.before, by: call.eventName };
      const certain = left.certain || (known !== undefined && !hasLeftDeclaration(left.before, known.before));
      return [{ id, kind: 'left', departure, certain, selection }];
    }
    if (known !== undefined) return [{ id, kind: 'left', departure: known, certain: true, selection }];
    if (change !== undefined && !ofRules.includes(id) && !isSelectedByChangedTags(change, selection, compiled)) return [];
    return groupAffectedByCall(id, selection);
  }

  /**
   * Returns the keys of the group's tags that other calls changed in the last hour. Also remembers the keys that this call changed, if a
   * baseline or a limit selects by these keys.
   */
  private changedLately(id: string, change: TagsChange): ReadonlySet<string> {
    return this.departures.noteTags(id, this.isToBeRead ? changedSelectingTagKeys(change, this.compiled) : []);
  }

  /** Returns EC2's description of each existing group, keyed by id. */
  private async factsOf(ids: readonly string[]): Promise<ReadonlyMap<string, GroupFacts> | SecurityGroupCallError> {
    const facts = new Map(this.known.map((group) => [group.id, group]));
    const [id, ...others] = ids.filter((each) => !facts.has(each));
    if (id === undefined) return facts;
    try {
      const groups =
        others.length > 0
          ? await this.securityGroups.listGroups([id, ...others])
          : [await this.securityGroups.describeGroup(id)].filter((group) => group !== undefined);
      for (const group of groups) facts.set(group.id, group);
      return facts;
    } catch (error) {
      if (error instanceof SecurityGroupCallError) return error;
      throw error;
    }
  }

  private async rulesOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly LiveRule[] | ReadError>> {
    const [id, ...others] = ids;
    if (id === undefined) return NO_RULES_READ;
    if (others.length > 0) return this.securityGroups.readRulesOf(ids);
    try {
      return new Map([[id, await this.securityGroups.readRules(id)]]);
    } catch (error) {
      if (isReadError(error)) return new Map([[id, error]]);
      throw error;
    }
  }
}

/** A group that the call affects, before its rules are read. */
type Unread = Omit<JudgeableGroup, 'read'> | Omit<LeftGroup, 'read'> | Exclude<ConcernedGroup, { readonly kind: 'selected' | 'left' }>;

function groupAffectedByCall(id: string, selection: Selection): Omit<JudgeableGroup, 'read'>[] {
  return selection.kind === 'unguarded' ? [] : [{ id, kind: 'selected', selection }];
}

const NO_RULES_READ: ReadonlyMap<string, readonly LiveRule[] | ReadError> = new Map();
