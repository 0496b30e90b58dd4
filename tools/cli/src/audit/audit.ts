/** Reads the guarded groups of a place and compares each with its baseline. It changes nothing. */
import { guardedGroupIds, selectBaseline, selectsByCriteria, type Baseline, type CompiledBaseline } from '@portcullis/baseline';
import { SEVERITIES } from '@portcullis/finding';
import type { Rule } from '@portcullis/permission-diff';
import { isReadError, listReader, type ListReader, type LiveRule, type SurveyedGroup } from '@portcullis/security-groups';
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { untilInterrupted } from '../terminal/until-interrupted.js';
import { stateOf, withLists, type GroupState } from './group-state.js';

export interface AuditOptions {
  /** The day it is, UTC, as `YYYY-MM-DD`. */
  readonly today: string;
  readonly signal: AbortSignal;
  /** Told how many groups have been looked at. */
  readonly progress?: (groups: number) => void;
  /** States that are known already, by group: those groups are not read again. @default none */
  readonly known?: ReadonlyMap<string, GroupState>;
  /** Reads the prefix lists that undeclared ingress rules refer to. @default reads each list once */
  readonly readLists?: ListReader;
}

/**
 * Yields the state of each guarded group, in the order EC2 tells them; then of those that a baseline names and that do not exist. Costs a call
 * for a thousand groups, one more for some of those that differ, and one for each prefix list that an undeclared ingress rule refers to.
 *
 * @throws {SecurityGroupCallError} when the groups cannot be read, {Interrupted} when it was to end.
 */
export async function* audit(compiled: CompiledBaseline, place: AccountRegion, options: AuditOptions): AsyncGenerator<GroupState> {
  const { signal, progress, known, readLists = listReader(place.groups) } = options;
  const named = guardedGroupIds(compiled);
  const absent = new Set(named);
  let seen = 0;
  const pages = place.survey(selectsByCriteria(compiled) ? {} : { ids: named });
  for await (const page of untilInterrupted(pages, signal)) {
    const differing: Guarded[] = [];
    for (const group of page) {
      absent.delete(group.id);
      const state = known?.get(group.id) ?? surveyedState(compiled, group, options.today);
      if (state !== undefined && 'kind' in state) yield state;
      else if (state !== undefined) differing.push(state);
    }
    // With their ids and tags, which a plan needs; and as they are now.
    if (differing.length > 0) yield* readStates(differing, place, { ...options, readLists });
    seen += page.length;
    progress?.(seen);
  }
  for (const id of absent) {
    const baseline = compiled.baselines.find(({ groups }) => groups.ids.includes(id))?.name ?? '';
    yield { kind: 'absent', group: { id, name: null, vpcId: null }, baseline };
  }
}

/** A group that is to be read rule by rule. */
interface Guarded {
  readonly group: SurveyedGroup;
  readonly baseline: Baseline;
}

/** Returns the state of a group as far as a survey tells; itself where it must be read; nothing where no baseline selects it. */
function surveyedState(compiled: CompiledBaseline, group: SurveyedGroup, today: string): GroupState | Guarded | undefined {
  const selection = selectBaseline(compiled, group);
  const { id, name, vpcId, rules } = group;
  if (selection.kind === 'unguarded') return undefined;
  if (selection.kind === 'ambiguous') return { kind: 'ambiguous', group: { id, name, vpcId }, baselines: selection.names };
  const { baseline } = selection;
  if (isReadError(rules)) return { group, baseline };
  const state = stateOf(group, baseline, rules.map(untagged), today);
  return state.kind === 'at-baseline' ? state : { group, baseline };
}

/** A survey tells neither ids nor tags: by a tag a rule may be tolerated, so that only what is found at its baseline is sure. */
function untagged(rule: Rule): LiveRule {
  return { ...rule, ruleId: '', tags: {} };
}

async function* readStates(
  differing: readonly Guarded[],
  place: AccountRegion,
  { today, readLists }: Pick<AuditOptions, 'today'> & { readonly readLists: ListReader },
): AsyncGenerator<GroupState> {
  const read = await place.groups.readRulesOf(differing.map(({ group }) => group.id));
  for (const { group, baseline } of differing) {
    const live = read.get(group.id) ?? [];
    const { id, name, vpcId } = group;
    if (isReadError(live))
      yield { kind: 'unread', group: { id, name, vpcId }, baseline: baseline.name, reason: awsErrorWords(live, place) };
    else yield await withLists(stateOf(group, baseline, live, today), readLists, (error) => awsErrorWords(error, place));
  }
}

/** The worst first, then what nothing is known of, and by group: the order in which a person reads. */
export function compareStates(a: GroupState, b: GroupState): number {
  return rank(a) - rank(b) || (a.group.id < b.group.id ? -1 : a.group.id > b.group.id ? 1 : 0);
}

function rank(state: GroupState): number {
  switch (state.kind) {
    case 'drifted':
      return SEVERITIES.length - SEVERITIES.indexOf(state.severity);
    case 'unread':
      return 10;
    case 'ambiguous':
      return 11;
    case 'absent':
      return 12;
    case 'at-baseline':
      return 13;
  }
}
