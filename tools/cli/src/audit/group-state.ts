/** Compares one group with its baseline. */
import type { Baseline } from '@portcullis/baseline';
import type { RuleOrigin, RuleRemoval } from '@portcullis/cloudtrail';
import { SEVERITIES, severityOfDrift, type Severity } from '@portcullis/finding';
import { compareRuleAccess, type AccessRange, type Addresses, type Direction, type Rule } from '@portcullis/permission-diff';
import {
  isAtBaseline,
  listsIn,
  rulesOf,
  type Behind,
  type ListReader,
  type LiveRule,
  type Plan,
  type SecurityGroupCallError,
} from '@portcullis/security-groups';
import { baselinePlan } from './baseline-plan.js';

/** How people recognize a group. A name or VPC is null if unknown. */
export interface GroupNames {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
}

export type GroupState = AtBaseline | Drifted | NotJudged;

export interface AtBaseline {
  readonly kind: 'at-baseline';
  readonly group: GroupNames;
  readonly baseline: string;
  /** The live ingress rules whose source is a group. The picture shows them. */
  readonly fromGroups?: readonly Rule[];
  /** What the group protects. Absent if it was not read. */
  readonly behind?: Behind;
}

/**
 * - `ambiguous`: several baselines select the group, so it is left alone.
 * - `absent`: a baseline names the group, but it does not exist here.
 * - `unread`: its rules could not be read.
 */
export interface NotJudged {
  readonly kind: 'ambiguous' | 'absent' | 'unread';
  readonly group: GroupNames;
  readonly baselines: readonly string[];
  /** One line. */
  readonly reason: string;
}

export function notJudged(
  kind: NotJudged['kind'],
  { id, name, vpcId }: GroupNames,
  baselines: readonly string[],
  reason: string,
): NotJudged {
  return { kind, group: { id, name, vpcId }, baselines, reason };
}

export interface Drifted {
  readonly kind: 'drifted';
  readonly group: GroupNames;
  readonly baseline: string;
  /** In mode `report`, nothing is restored. */
  readonly mode: Baseline['mode'];
  readonly severity: Severity;
  readonly plan: Plan;
  /** The contents of the prefix lists that undeclared ingress rules refer to; absent if there are none. */
  readonly lists?: ReadLists;
  /** Traffic that the group lets through although it is neither declared nor tolerated. */
  readonly gained: readonly DirectedAccess[];
  /** Declared traffic that the group does not let through. */
  readonly lost: readonly DirectedAccess[];
  /** Who opened the undeclared rules, by rule id, as far as CloudTrail's history shows it. Absent if CloudTrail was not asked. */
  readonly origins?: ReadonlyMap<string, RuleOrigin>;
  /** Who removed the missing rules, by `ruleKey`, as far as the history shows it. Absent if CloudTrail was not asked. */
  readonly removals?: ReadonlyMap<string, RuleRemoval>;
  /** What the group protects. Absent if it was not read. */
  readonly behind?: Behind;
  /** How far back the history was read: see `Origins`. Absent if CloudTrail was not asked or failed. */
  readonly historySince?: string | null;
}

/** The prefix lists that were read or failed to be read, by id. */
export interface ReadLists {
  readonly addresses: Addresses;
  /** Why each of the other lists could not be read, in one line. */
  readonly unread: Readonly<Record<string, string>>;
}

export type DirectedAccess = AccessRange & { readonly direction: Direction };

/** Returns the rules of a survey, which have neither ids nor tags. */
export function surveyedRules(rules: readonly Rule[]): LiveRule[] {
  return rules.map((rule) => ({ ...rule, ruleId: '', tags: {} }));
}

/** Returns the state of a group with these rules. */
export function stateOf(
  { id, name, vpcId }: GroupNames,
  baseline: Baseline,
  live: readonly LiveRule[],
  today: string,
): AtBaseline | Drifted {
  const group = { id, name, vpcId };
  const plan = baselinePlan(baseline, live, today);
  if (isAtBaseline(plan)) {
    const fromGroups = live.filter(({ direction, source }) => direction === 'ingress' && source.kind === 'group');
    return { kind: 'at-baseline', group, baseline: baseline.name, ...(fromGroups.length > 0 && { fromGroups }) };
  }
  const { authorize, revoke, tolerated } = plan;
  const wanted = [...plan.declared, ...rulesOf(tolerated)];
  const compared = baseline.egress === undefined ? live.filter(({ direction }) => direction === 'ingress') : live;
  return {
    kind: 'drifted',
    group,
    baseline: baseline.name,
    mode: baseline.mode,
    severity: severityOfDrift(rulesOf(revoke), rulesOf(authorize)),
    plan,
    gained: accessIn(wanted, compared, 'excess'),
    lost: accessIn(wanted, compared, 'missing'),
  };
}

function accessIn(wanted: readonly Rule[], live: readonly Rule[], which: 'missing' | 'excess'): DirectedAccess[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const here = (rules: readonly Rule[]): Rule[] => rules.filter((rule) => rule.direction === direction);
    return compareRuleAccess(here(wanted), here(live))[which].map((range) => ({ ...range, direction }));
  });
}

/** Returns the state with its severity adjusted to the contents of the prefix lists. */
export async function withLists(
  state: AtBaseline | Drifted,
  readLists: ListReader,
  errorWords: (error: SecurityGroupCallError) => string,
): Promise<GroupState> {
  if (state.kind !== 'drifted') return state;
  const [excess, missing] = [rulesOf(state.plan.revoke), rulesOf(state.plan.authorize)];
  const ids = listsIn(excess);
  if (ids.length === 0) return state;
  const { addresses, unread } = await readLists(ids);
  const reasons = Object.entries(unread).map(([id, error]) => [id, errorWords(error)] as const);
  const lists = { addresses, unread: Object.fromEntries(reasons) };
  return { ...state, lists, severity: severityOfDrift(excess, missing, lists) };
}

/**
 * Orders drifted groups first, worst first; then groups that were not judged; then groups at their baseline. Groups of the same rank are
 * ordered by id.
 */
export function compareGroupStates(a: GroupState, b: GroupState): number {
  return rank(a) - rank(b) || (a.group.id < b.group.id ? -1 : a.group.id > b.group.id ? 1 : 0);
}

function rank(state: GroupState): number {
  if (state.kind === 'drifted') return -SEVERITIES.indexOf(state.severity);
  return 1 + ['unread', 'ambiguous', 'absent', 'at-baseline'].indexOf(state.kind);
}
