/** Compares one group with its baseline and its limits. */
import type { Baseline, Declaration, Limit } from '@portcullis/baseline';
import type { RuleOrigin, RuleRemoval } from '@portcullis/cloudtrail';
import { controlsBrokenBy, SEVERITIES, severityOfDrift, type Control, type Severity } from '@portcullis/finding';
import { compareRuleAccess, type AccessRange, type Addresses, type Direction, type Rule } from '@portcullis/permission-diff';
import {
  isAtBaseline,
  prefixListsInIngress,
  prefixListsOfBrokenLimits,
  planRuleChanges,
  plannedRules,
  type GroupAttachments,
  type PrefixListReader,
  type LiveRule,
  type Plan,
  type PlanContext,
  type SecurityGroupCallError,
} from '@portcullis/security-groups';

/** The id, name and VPC of a group. A name or VPC is null if unknown. */
export interface GroupNames {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
}

export type GroupState = AtBaseline | Drifted | WithinLimits | NotJudged;

/** A limit that applies to a group. */
export type LimitOfGroup = Pick<Limit, 'name' | 'mode' | 'repair'>;

export interface AtBaseline {
  readonly kind: 'at-baseline';
  readonly group: GroupNames;
  readonly baseline: string;
  /** The limits that the group is within. Absent if no limit applies. */
  readonly limits?: readonly LimitOfGroup[];
  /** The live ingress rules whose source is a group. The picture shows them. */
  readonly fromGroups?: readonly Rule[];
  /** What the group protects. Absent if it was not read. */
  readonly behind?: GroupAttachments;
}

/**
 * No baseline selects the group, and the group is within its limits. The output only counts these groups, because an account may have
 * thousands.
 */
export interface WithinLimits {
  readonly kind: 'within-limits';
  readonly group: GroupNames;
}

/**
 * - `ambiguous`: several baselines select the group, so the guard leaves it alone.
 * - `absent`: a baseline or a limit names the group, but it does not exist here.
 * - `unread`: its rules could not be read.
 */
export interface NotJudged {
  readonly kind: 'ambiguous' | 'absent' | 'unread';
  readonly group: GroupNames;
  /** The names of the baselines that select the group. */
  readonly baselines: readonly string[];
  /** The names of the limits that apply to the group. Absent if there are none. */
  readonly limits?: readonly string[];
  /** One line. */
  readonly reason: string;
}

export function notJudgedState(
  kind: NotJudged['kind'],
  { id, name, vpcId }: GroupNames,
  { baselines = [], limits = [] }: Partial<Pick<NotJudged, 'baselines' | 'limits'>>,
  reason: string,
): NotJudged {
  return { kind, group: { id, name, vpcId }, baselines, ...(limits.length > 0 && { limits }), reason };
}

export interface Drifted {
  readonly kind: 'drifted';
  readonly group: GroupNames;
  /** Null if only limits apply. */
  readonly baseline: string | null;
  /** The names of the baselines, if several select the group. Then only its limits are judged. */
  readonly ambiguous?: readonly string[];
  /** The limits that apply to the group, broken or not. Absent if there are none. */
  readonly limits?: readonly LimitOfGroup[];
  /** The strongest mode of a change: `report` if nothing is restored, `approve` if something is restored after an approval. */
  readonly mode: Baseline['mode'];
  readonly severity: Severity;
  readonly plan: Plan;
  /** The prefix lists that decide the severity or whether a limit is broken. Absent if there are none. */
  readonly lists?: ReadLists;
  /** Traffic that the group lets through although it is neither declared nor tolerated. */
  readonly gained: readonly DirectedAccess[];
  /** Declared traffic that the group does not let through. */
  readonly lost: readonly DirectedAccess[];
  /** The calls that opened the undeclared rules, by rule id, if CloudTrail's history shows them. Absent if CloudTrail was not asked. */
  readonly origins?: ReadonlyMap<string, RuleOrigin>;
  /** The calls that removed the missing rules, by `ruleKey`, if the history shows them. Absent if CloudTrail was not asked. */
  readonly removals?: ReadonlyMap<string, RuleRemoval>;
  /** What the group protects. Absent if it was not read. */
  readonly behind?: GroupAttachments;
  /** How far back the history was read: see `Origins`. Absent if CloudTrail was not asked or failed. */
  readonly historySince?: string | null;
}

/** Prefix lists by id: their addresses, or why they could not be read. */
export interface ReadLists {
  readonly addresses: Addresses;
  /** One line for each list that could not be read. */
  readonly unread: Readonly<Record<string, string>>;
}

/**
 * Returns the declared rules that the group lacks. Without a baseline, nothing is missing: the rules to authorize only replace wider
 * rules.
 */
export function missingDeclaredRules({ baseline, plan }: Pick<Drifted, 'baseline' | 'plan'>): readonly Rule[] {
  return baseline === null ? [] : plannedRules(plan.authorize);
}

export type DirectedAccess = AccessRange & { readonly direction: Direction };

/** Returns the controls of security standards that the undeclared rules break. */
export function controlsBrokenByDrift({ plan, lists, group }: Pick<Drifted, 'plan' | 'lists' | 'group'>): readonly Control[] {
  return controlsBrokenBy(plannedRules(plan.revoke), lists?.addresses ?? new Map(), group.name);
}

/** Returns the rules of a survey, which have neither ids nor tags. */
export function surveyedLiveRules(rules: readonly Rule[]): LiveRule[] {
  return rules.map((rule) => ({ ...rule, ruleId: '', tags: {} }));
}

/** Returns the state of a group with these rules. */
export function judgeGroupState(
  { id, name, vpcId }: GroupNames,
  declaration: Declaration,
  live: readonly LiveRule[],
  context: PlanContext,
): AtBaseline | Drifted | WithinLimits {
  const group = { id, name, vpcId };
  const { baseline, limits } = declaration;
  const plan = planRuleChanges(declaration, live, context);
  const ofGroup = limits.map(({ name: limit, mode, repair }) => ({ name: limit, mode, repair }));
  if (isAtBaseline(plan)) {
    if (baseline === undefined) return { kind: 'within-limits', group };
    const fromGroups = live.filter(({ direction, source }) => direction === 'ingress' && source.kind === 'group');
    return {
      kind: 'at-baseline',
      group,
      baseline: baseline.name,
      ...(ofGroup.length > 0 && { limits: ofGroup }),
      ...(fromGroups.length > 0 && { fromGroups }),
    };
  }
  const { authorize, revoke, tolerated } = plan;
  const wanted = [...plan.declared, ...plan.kept, ...plannedRules(tolerated), ...plannedRules(authorize)];
  return {
    kind: 'drifted',
    group,
    baseline: baseline?.name ?? null,
    ...(ofGroup.length > 0 && { limits: ofGroup }),
    mode: strongestBaselineMode([...authorize, ...revoke]),
    severity: severityOfDrift(plannedRules(revoke), plannedRules(authorize)),
    plan,
    gained: accessDifference(wanted, live, 'excess'),
    lost: accessDifference(wanted, live, 'missing'),
  };
}

/** Returns the mode that changes most. */
export function strongestBaselineMode(changes: readonly { readonly mode: Baseline['mode'] }[]): Baseline['mode'] {
  return (['enforce', 'approve'] as const).find((mode) => changes.some((change) => change.mode === mode)) ?? 'report';
}

function accessDifference(wanted: readonly Rule[], live: readonly Rule[], which: 'missing' | 'excess'): DirectedAccess[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const here = (rules: readonly Rule[]): Rule[] => rules.filter((rule) => rule.direction === direction);
    return compareRuleAccess(here(wanted), here(live))[which].map((range) => ({ ...range, direction }));
  });
}

/** Reads the prefix lists that decide the severity of the drift, and returns the state with the lists and this severity. */
export async function adjustSeverityToPrefixLists(
  state: AtBaseline | Drifted | WithinLimits,
  readLists: PrefixListReader,
  errorWords: (error: SecurityGroupCallError) => string,
): Promise<GroupState> {
  if (state.kind !== 'drifted') return state;
  const [excess, missing] = [plannedRules(state.plan.revoke), plannedRules(state.plan.authorize)];
  const ids = [...new Set([...prefixListsInIngress(excess), ...prefixListsOfBrokenLimits(state.plan.broken)])];
  if (ids.length === 0) return state;
  const { addresses, unread } = await readLists(ids);
  const reasons = Object.entries(unread).map(([id, error]) => [id, errorWords(error)] as const);
  const lists = { addresses, unread: Object.fromEntries(reasons) };
  return { ...state, lists, severity: severityOfDrift(excess, missing, lists) };
}

/**
 * Orders drifted groups first, worst first; then groups that were not judged; then groups as declared. Groups of the same rank are
 * ordered by id.
 */
export function compareGroupStates(a: GroupState, b: GroupState): number {
  return groupStateRank(a) - groupStateRank(b) || (a.group.id < b.group.id ? -1 : a.group.id > b.group.id ? 1 : 0);
}

function groupStateRank(state: GroupState): number {
  if (state.kind === 'drifted') return -SEVERITIES.indexOf(state.severity);
  return 1 + ['unread', 'ambiguous', 'absent', 'at-baseline', 'within-limits'].indexOf(state.kind);
}
