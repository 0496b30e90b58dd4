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
  rulesOfPlannedChanges,
  type GroupAttachments,
  type PrefixListReader,
  type LiveRule,
  type Plan,
  type PlanContext,
  type SecurityGroupCallError,
} from '@portcullis/security-groups';

/** The id, name and VPC of a group. An unknown name or VPC is null. */
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
  /** The limits that apply to the group; absent if no limit applies. */
  readonly limits?: readonly LimitOfGroup[];
  /** The live ingress rules whose source is a group, for the HTML page. */
  readonly fromGroups?: readonly Rule[];
  /** The resources that the group protects; absent if the resources were not read. */
  readonly behind?: GroupAttachments;
}

/**
 * No baseline selects the group, and the group is within its limits. The output only shows the number of such groups, because an account
 * can have thousands.
 */
export interface WithinLimits {
  readonly kind: 'within-limits';
  readonly group: GroupNames;
}

/**
 * - `ambiguous`: several baselines select the group, so the guard does not change the group.
 * - `absent`: a baseline or a limit names a group that does not exist in the account and region.
 * - `unread`: the rules of the group could not be read.
 */
export interface NotJudged {
  readonly kind: 'ambiguous' | 'absent' | 'unread';
  readonly group: GroupNames;
  /** The names of the baselines that select or name the group. */
  readonly baselines: readonly string[];
  /** The names of the limits that apply to the group; absent if no limit applies. */
  readonly limits?: readonly string[];
  /** One line. */
  readonly reason: string;
}

export function unauditedGroupState(
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
  /** The name of the baseline; null if only limits apply. */
  readonly baseline: string | null;
  /** The names of the baselines, if several baselines select the group. Such a group is compared only with its limits. */
  readonly ambiguous?: readonly string[];
  /** The limits that apply to the group, whether broken or not; absent if no limit applies. */
  readonly limits?: readonly LimitOfGroup[];
  /**
   * `enforce` if the guard makes at least one change without an approval. `approve` if the guard makes changes only after an approval.
   * `report` if the guard changes nothing.
   */
  readonly mode: Baseline['mode'];
  readonly severity: Severity;
  readonly plan: Plan;
  /** The prefix lists on which the severity or a broken limit depends; absent if there is no such prefix list. */
  readonly lists?: ReadLists;
  /** Traffic that the group allows and that is neither declared nor tolerated. */
  readonly gained: readonly DirectedAccess[];
  /** Declared traffic that the group does not allow. */
  readonly lost: readonly DirectedAccess[];
  /**
   * The known calls that opened the undeclared rules, by rule id; absent if CloudTrail was not asked.
   */
  readonly origins?: ReadonlyMap<string, RuleOrigin>;
  /**
   * The known calls that removed the missing rules, by `ruleKey`; absent if CloudTrail was not asked.
   */
  readonly removals?: ReadonlyMap<string, RuleRemoval>;
  /** The resources that the group protects; absent if the resources were not read. */
  readonly behind?: GroupAttachments;
  /** How far back CloudTrail's history was read (see `Origins`); absent if CloudTrail was not asked, or if a lookup failed. */
  readonly historySince?: string | null;
}

/** The addresses or the read error of each prefix list, by prefix list id. */
export interface ReadLists {
  readonly addresses: Addresses;
  /** For each prefix list that could not be read, the reason in one line. */
  readonly unread: Readonly<Record<string, string>>;
}

/**
 * Returns the declared rules that the group lacks. Returns no rules for a group without a baseline, because no rules of the group are
 * declared.
 */
export function missingRulesInAudit({ baseline, plan }: Pick<Drifted, 'baseline' | 'plan'>): readonly Rule[] {
  return baseline === null ? [] : rulesOfPlannedChanges(plan.authorize);
}

export type DirectedAccess = AccessRange & { readonly direction: Direction };

/** Returns the controls of security standards, such as CIS, that the undeclared rules break. */
export function controlsBrokenInAudit({ plan, lists, group }: Pick<Drifted, 'plan' | 'lists' | 'group'>): readonly Control[] {
  return controlsBrokenBy(rulesOfPlannedChanges(plan.revoke), lists?.addresses ?? new Map(), group.name);
}

/** Converts the rules of a survey to live rules with empty ids and tags, because a survey contains neither. */
export function surveyedLiveRules(rules: readonly Rule[]): LiveRule[] {
  return rules.map((rule) => ({ ...rule, ruleId: '', tags: {} }));
}

/** Compares the live rules of a group with its baseline and limits, and returns the state of the group. */
export function auditGroupState(
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
  const wanted = [...plan.declared, ...plan.kept, ...rulesOfPlannedChanges(tolerated), ...rulesOfPlannedChanges(authorize)];
  return {
    kind: 'drifted',
    group,
    baseline: baseline?.name ?? null,
    ...(ofGroup.length > 0 && { limits: ofGroup }),
    mode: strongestBaselineMode([...authorize, ...revoke]),
    severity: severityOfDrift(rulesOfPlannedChanges(revoke), rulesOfPlannedChanges(authorize)),
    plan,
    gained: accessChangedInAudit(wanted, live, 'excess'),
    lost: accessChangedInAudit(wanted, live, 'missing'),
  };
}

/** Returns `enforce` if a change has mode `enforce`, else `approve` if a change has mode `approve`, else `report`. */
export function strongestBaselineMode(changes: readonly { readonly mode: Baseline['mode'] }[]): Baseline['mode'] {
  return (['enforce', 'approve'] as const).find((mode) => changes.some((change) => change.mode === mode)) ?? 'report';
}

function accessChangedInAudit(wanted: readonly Rule[], live: readonly Rule[], which: 'missing' | 'excess'): DirectedAccess[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const here = (rules: readonly Rule[]): Rule[] => rules.filter((rule) => rule.direction === direction);
    return compareRuleAccess(here(wanted), here(live))[which].map((range) => ({ ...range, direction }));
  });
}

/** Reads the prefix lists on which the severity of the drift depends. Returns the state with the prefix lists and the adjusted severity. */
export async function adjustAuditSeverityToPrefixLists(
  state: AtBaseline | Drifted | WithinLimits,
  readLists: PrefixListReader,
  errorWords: (error: SecurityGroupCallError) => string,
): Promise<GroupState> {
  if (state.kind !== 'drifted') return state;
  const [excess, missing] = [rulesOfPlannedChanges(state.plan.revoke), rulesOfPlannedChanges(state.plan.authorize)];
  const ids = [...new Set([...prefixListsInIngress(excess), ...prefixListsOfBrokenLimits(state.plan.broken)])];
  if (ids.length === 0) return state;
  const { addresses, unread } = await readLists(ids);
  const reasons = Object.entries(unread).map(([id, error]) => [id, errorWords(error)] as const);
  const lists = { addresses, unread: Object.fromEntries(reasons) };
  return { ...state, lists, severity: severityOfDrift(excess, missing, lists) };
}

/**
 * Compares two states for sorting: drifted groups, the most severe first; then groups that could not be compared; then groups without
 * drift. Groups of the same rank are sorted by id.
 */
export function compareAuditStates(a: GroupState, b: GroupState): number {
  return auditStateRank(a) - auditStateRank(b) || (a.group.id < b.group.id ? -1 : a.group.id > b.group.id ? 1 : 0);
}

function auditStateRank(state: GroupState): number {
  if (state.kind === 'drifted') return -SEVERITIES.indexOf(state.severity);
  return 1 + ['unread', 'ambiguous', 'absent', 'at-baseline', 'within-limits'].indexOf(state.kind);
}

/** Reports whether the group is at its baseline and within its limits. */
export function isCompliantAuditState(state: GroupState): state is AtBaseline | WithinLimits {
  return state.kind === 'at-baseline' || state.kind === 'within-limits';
}
