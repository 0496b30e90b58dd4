/** Reads the groups of an account and region that a baseline or a limit selects. Compares each group with its baseline and its limits. */
import {
  baselineGroupIds,
  limitsEveryGroup,
  selectionNeedsGroupFacts,
  selectBaseline,
  type Baseline,
  type CompiledBaseline,
  type Declaration,
  type Limit,
  type Selection,
} from '@portcullis/baseline';
import {
  isReadError,
  prefixListReader,
  prefixListsToPlan,
  type PrefixListReader,
  type PlanContext,
  type SurveyedGroup,
} from '@portcullis/security-groups';
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { Failure } from '../command-line/failure.js';
import { currentUtcDay, type Io } from '../command-line/io.js';
import { countWithNoun } from '../render/counted.js';
import {
  unauditedGroupState,
  auditGroupState,
  surveyedLiveRules,
  adjustAuditSeverityToPrefixLists,
  type GroupState,
} from './group-state.js';

export interface AuditOptions {
  /** Shows the number of groups read so far. @default the progress display of the command */
  readonly progress?: (groups: number) => void;
  /** Reads the prefix lists on which a plan or its severity depends. @default a reader that reads each list only once */
  readonly readLists?: PrefixListReader;
  /** The ids of the only groups to read. @default all groups that a baseline or a limit selects */
  readonly only?: readonly string[] | undefined;
}

/**
 * Returns the state of each group that a baseline or a limit selects, in EC2's order. Appends an `absent` state for each group id in a
 * baseline or a limit that belongs to no existing group. Calls EC2 once for each thousand groups, and once more for each group that
 * possibly drifted. Also reads each prefix list on which a plan or its severity depends.
 *
 * @throws the error of AWS if the groups cannot be read, and the signal's reason after an interrupt
 * @throws {Failure} if `only` names a group that neither a baseline nor a limit selects.
 */
export async function auditGroups(
  compiled: CompiledBaseline,
  accountRegion: AccountRegion,
  io: Pick<Io, 'now' | 'signal' | 'progress'>,
  { progress = showAuditProgress(accountRegion, io), readLists = prefixListReader(accountRegion.groups), only }: AuditOptions = {},
): Promise<GroupState[]> {
  const named = baselineGroupIds(compiled);
  const absent = new Set(only ?? named);
  const unselected: string[] = [];
  const states: GroupState[] = [];
  const isAllRead = selectionNeedsGroupFacts(compiled) || limitsEveryGroup(compiled);
  const judge = new GroupJudge(accountRegion, currentUtcDay(io), readLists);
  let read = 0;
  const filter = only !== undefined ? { ids: only } : isAllRead ? {} : { ids: named };
  for await (const page of accountRegion.survey(filter, (group) => needsLiveAudit(group, compiled, currentUtcDay(io)))) {
    io.signal.throwIfAborted();
    const selected: GroupToJudge[] = [];
    for (const group of page) {
      absent.delete(group.id);
      const selection = selectBaseline(compiled, group);
      if (selection.kind === 'unguarded') unselected.push(group.id);
      else selected.push({ group, selection });
    }
    states.push(...(await judge.statesOf(selected)));
    read += page.length;
    progress(read);
  }
  io.signal.throwIfAborted();
  if (only !== undefined)
    refuseUnselectedGroups([...unselected, ...[...absent].filter((id) => !named.includes(id))], compiled, accountRegion);
  const why = accountRegion.recorded
    ? 'AWS Config has no record of the group here, or the group was deleted'
    : 'the group does not exist here';
  for (const id of absent) {
    const naming = (declared: readonly (Baseline | Limit)[]): string[] =>
      declared.filter(({ groups }) => groups.ids.includes(id)).map(({ name }) => name);
    const names = { baselines: naming(compiled.baselines), limits: naming(compiled.limits ?? []) };
    states.push(unauditedGroupState('absent', { id, name: null, vpcId: null }, names, why));
  }
  return states;
}

/** Reports whether the group must be read from EC2: the record of AWS Config shows drift, or cannot exclude drift. */
function needsLiveAudit({ rules, ...group }: SurveyedGroup, compiled: CompiledBaseline, day: string): boolean {
  const selection = selectBaseline(compiled, group);
  if (selection.kind === 'unguarded') return false;
  if (isReadError(rules)) return true;
  const live = surveyedLiveRules(rules);
  const context = { today: day, ...NO_LISTS, ...(group.ownerId !== null && { accountId: group.ownerId }) };
  // AWS Config records no prefix lists, so the record cannot exclude drift if the plan depends on a prefix list.
  return prefixListsToPlan(selection, live).length > 0 || auditGroupState(group, selection, live, context).kind === 'drifted';
}

/**
 * Refuses the ids from `--group` that neither a baseline nor a limit selects. The user probably mistyped such an id.
 *
 * @throws {Failure} if `ids` is not empty
 */
function refuseUnselectedGroups(ids: readonly string[], { limits }: CompiledBaseline, { region }: AccountRegion): void {
  if (ids.length === 0) return;
  const what = limits === undefined ? 'no baseline selects' : 'no baseline and no limit selects';
  throw new Failure(`${what} ${ids.join(', ')} in ${region}; expected groups that the baseline file selects, or no \`--group\``);
}

function showAuditProgress({ region }: AccountRegion, { progress }: Pick<Io, 'progress'>): (groups: number) => void {
  progress.show(`reading ${region} …`);
  return (groups) => {
    progress.show(`reading ${region}: ${countWithNoun(groups, 'group')} …`);
  };
}

interface GroupToJudge {
  readonly group: SurveyedGroup;
  readonly selection: Exclude<Selection, { readonly kind: 'unguarded' }>;
}

/** Compares the groups of one account and region with their baselines and limits. */
class GroupJudge {
  constructor(
    private readonly accountRegion: AccountRegion,
    private readonly day: string,
    private readonly readLists: PrefixListReader,
  ) {}

  async statesOf(selected: readonly GroupToJudge[]): Promise<GroupState[]> {
    const states: GroupState[] = [];
    const differing: GroupToJudge[] = [];
    for (const each of selected) {
      const state = await this.surveyedState(each);
      if (state === undefined) differing.push(each);
      else states.push(state);
    }
    if (differing.length === 0) return states;
    const read = await this.accountRegion.groups.readRulesOf(differing.map(({ group }) => group.id));
    for (const { group, selection } of differing) {
      const live = read.get(group.id) ?? [];
      if (isReadError(live))
        states.push(unauditedGroupState('unread', group, selectionNamesInAudit(selection), awsErrorWords(live, this.accountRegion)));
      else {
        const state = auditGroupState(group, selection, live, await this.contextOf(group, selection, live));
        const whole = await adjustAuditSeverityToPrefixLists(state, this.readLists, (error) => awsErrorWords(error, this.accountRegion));
        states.push(selection.kind === 'ambiguous' ? ambiguousAuditState(selection.names, group, whole) : whole);
      }
    }
    return states;
  }

  /** Returns the state of the group. Returns `undefined` if the rules must be read again with their tags. */
  private async surveyedState({ group, selection }: GroupToJudge): Promise<GroupState | undefined> {
    if (selection.kind === 'ambiguous' && selection.limits.length === 0) return ambiguousAuditState(selection.names, group);
    if (isReadError(group.rules)) return undefined;
    // A survey does not contain the tags of rules, so a rule that `ignore` tolerates by tag looks undeclared. The caller therefore reads a
    // drifted group again.
    const live = surveyedLiveRules(group.rules);
    const state = auditGroupState(group, selection, live, await this.contextOf(group, selection, live));
    if (state.kind === 'drifted') return undefined;
    return selection.kind === 'ambiguous' ? ambiguousAuditState(selection.names, group) : state;
  }

  private async contextOf(
    { ownerId }: SurveyedGroup,
    declaration: Declaration,
    live: Parameters<typeof prefixListsToPlan>[1],
  ): Promise<PlanContext> {
    const ids = prefixListsToPlan(declaration, live);
    const { addresses } = ids.length === 0 ? NO_LISTS : await this.readLists(ids);
    return { today: this.day, addresses, ...(ownerId !== null && { accountId: ownerId }) };
  }
}

const NO_LISTS: Pick<PlanContext, 'addresses'> = { addresses: new Map() };

function selectionNamesInAudit(selection: GroupToJudge['selection']): {
  readonly baselines: readonly string[];
  readonly limits: readonly string[];
} {
  const baselines = selection.kind === 'guarded' ? [selection.baseline.name] : selection.kind === 'ambiguous' ? selection.names : [];
  return { baselines, limits: selection.limits.map(({ name }) => name) };
}

/**
 * Returns the state of a group that several baselines select. The group has drifted only if the group breaks a limit.
 */
function ambiguousAuditState(names: readonly string[], group: SurveyedGroup, judged?: GroupState): GroupState {
  if (judged?.kind === 'drifted') return { ...judged, ambiguous: names };
  return unauditedGroupState('ambiguous', group, { baselines: names }, `several baselines select the group: ${names.join(', ')}`);
}
