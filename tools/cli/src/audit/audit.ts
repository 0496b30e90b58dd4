/** Reads the guarded groups of an account and region and compares each with its baseline. Changes nothing. */
import { guardedGroupIds, selectBaseline, selectsByCriteria, type Baseline, type CompiledBaseline } from '@portcullis/baseline';
import { isReadError, listReader, type ListReader, type SurveyedGroup } from '@portcullis/security-groups';
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { Failure } from '../program/failure.js';
import { today, type Io } from '../program/io.js';
import { counted } from '../render/counted.js';
import { notJudged, stateOf, surveyedRules, withLists, type GroupState } from './group-state.js';

export interface AuditOptions {
  /** Called with the number of groups read so far. @default shows them as the progress of the command */
  readonly progress?: (groups: number) => void;
  /** Reads the prefix lists that undeclared ingress rules refer to. @default reads each list once */
  readonly readLists?: ListReader;
  /** Reads only these groups. @default all guarded groups */
  readonly only?: readonly string[] | undefined;
}

/**
 * Returns the state of each guarded group, in EC2's order, followed by the groups that a baseline names but that do not exist. Makes one
 * call for each thousand groups, one for each group that must be read rule by rule, and one for each prefix list in undeclared ingress
 * rules. Rejects with AWS's error if the groups cannot be read, and with the signal's reason once it is aborted.
 *
 * @throws {Failure} if `only` names a group that no baseline selects.
 */
export async function audit(
  compiled: CompiledBaseline,
  accountRegion: AccountRegion,
  io: Pick<Io, 'now' | 'signal' | 'progress'>,
  { progress = showProgress(accountRegion, io), readLists = listReader(accountRegion.groups), only }: AuditOptions = {},
): Promise<GroupState[]> {
  const named = guardedGroupIds(compiled);
  const absent = new Set(only ?? named);
  const unguarded: string[] = [];
  const states: GroupState[] = [];
  let read = 0;
  for await (const page of accountRegion.survey(only !== undefined ? { ids: only } : selectsByCriteria(compiled) ? {} : { ids: named })) {
    io.signal.throwIfAborted();
    const differing: Differing[] = [];
    for (const group of page) {
      absent.delete(group.id);
      const state = surveyedState(compiled, group, today(io));
      if (state === undefined) unguarded.push(group.id);
      else if ('kind' in state) states.push(state);
      else differing.push(state);
    }
    if (differing.length > 0) states.push(...(await readStates(differing, accountRegion, today(io), readLists)));
    read += page.length;
    progress(read);
  }
  io.signal.throwIfAborted();
  if (only !== undefined) refuseUnguarded([...unguarded, ...[...absent].filter((id) => !named.includes(id))], accountRegion);
  for (const id of absent) {
    const baselines = compiled.baselines.filter(({ groups }) => groups.ids.includes(id)).map(({ name }) => name);
    states.push(notJudged('absent', { id, name: null, vpcId: null }, baselines, 'it does not exist here'));
  }
  return states;
}

/** Throws if there are such groups, because the user asked for their state by id. */
function refuseUnguarded(ids: readonly string[], { region }: AccountRegion): void {
  if (ids.length === 0) return;
  throw new Failure(
    `no baseline selects ${ids.join(', ')} in ${region}; expected groups that the baseline file selects, or no \`--group\``,
  );
}

function showProgress({ region }: AccountRegion, { progress }: Pick<Io, 'progress'>): (groups: number) => void {
  progress.show(`reading ${region} …`);
  return (groups) => {
    progress.show(`reading ${region}: ${counted(groups, 'group')} …`);
  };
}

/** A group that must be read rule by rule. */
interface Differing {
  readonly group: SurveyedGroup;
  readonly baseline: Baseline;
}

/** Returns the group's state if the survey is enough to determine it, and `undefined` if no baseline selects the group. */
function surveyedState(compiled: CompiledBaseline, group: SurveyedGroup, day: string): GroupState | Differing | undefined {
  const selection = selectBaseline(compiled, group);
  if (selection.kind === 'unguarded' || selection.kind === 'limited') return undefined;
  if (selection.kind === 'ambiguous')
    return notJudged('ambiguous', group, selection.names, `several baselines select it: ${selection.names.join(', ')}`);
  const { baseline } = selection;
  if (isReadError(group.rules)) return { group, baseline };
  // A survey has neither rule ids nor tags. A baseline may tolerate a rule by its tag, so only "at its baseline" is certain.
  const state = stateOf(group, baseline, surveyedRules(group.rules), day);
  return state.kind === 'at-baseline' ? state : { group, baseline };
}

async function readStates(
  differing: readonly Differing[],
  accountRegion: AccountRegion,
  day: string,
  readLists: ListReader,
): Promise<GroupState[]> {
  const read = await accountRegion.groups.readRulesOf(differing.map(({ group }) => group.id));
  return Promise.all(
    differing.map(async ({ group, baseline }): Promise<GroupState> => {
      const live = read.get(group.id) ?? [];
      if (!isReadError(live))
        return withLists(stateOf(group, baseline, live, day), readLists, (error) => awsErrorWords(error, accountRegion));
      return notJudged('unread', group, [baseline.name], awsErrorWords(live, accountRegion));
    }),
  );
}
