/** Turns the restoration of one group into the compliance, the annotation and the finding to report. Pure. */
import type { Declaration } from '@portcullis/baseline';
import {
  type Assessment,
  controlsBrokenBy,
  describeBrokenLimits,
  describeDrift,
  describeRules,
  findingDrift,
  OUTLOOK,
  findingPermissionsByDirection,
  joinFindingSentence,
  severityOfDrift,
  shortenAtWord,
} from '@portcullis/finding';
import type { Rule } from '@portcullis/permission-diff';
import {
  enforcedPartOfPlan,
  isAtBaseline,
  prefixListsInIngress,
  prefixListsOfBrokenLimits,
  ec2ReadErrorReason,
  rulesOfPlannedChanges,
  SecurityGroupCallError,
  unreadPrefixListReasons,
  worldOpeningRules,
  type Ending,
  type PrefixListContents,
  type Plan,
  type ReadError,
  type Restoration,
} from '@portcullis/security-groups';
import {
  guardFindingAmbiguityWords,
  guardFindingBrokenLimits,
  guardFindingDeclarationNames,
  guardFindingLimitNames,
} from '../runtime/guard-finding-words.js';
import type { Compliance, Wait } from './ports.js';

/** The maximum length of an annotation, in characters. Source: AWS Config API reference, Evaluation. */
const MAX_ANNOTATION = 256;

export interface JudgementSettings {
  /** The compliance to report for a restored group. */
  readonly reportRestored: 'COMPLIANT' | 'NON_COMPLIANT';
  /**
   * The maximum number of rules that one run may revoke. A run that needs more revocations revokes only rules that let the world reach a
   * sensitive service. If `undefined`, there is no maximum.
   */
  readonly maxRevocations: number | undefined;
}

export interface Verdict {
  readonly compliance: Compliance;
  /** 1 to 256 characters. The most useful text comes first. */
  readonly annotation: string;
  /** Absent if there is nothing to report. */
  readonly finding?: Assessment;
  /** Whether a retry may succeed. */
  readonly retry: boolean;
}

export function notApplicableVerdict(reason: string): Verdict {
  return { compliance: 'NOT_APPLICABLE', annotation: shortenAtWord(reason, MAX_ANNOTATION), retry: false };
}

/** Returns what to report about a group that several baselines and no limit select. The remediator does not change such a group. */
export function ambiguousGroupVerdict(names: readonly string[]): Verdict {
  return undeterminedComplianceVerdict(`${guardFindingAmbiguityWords(names)}; the group was not changed`, false);
}

/** Returns what to report about a group that several baselines select. `verdict` is the result for the group's limits alone. */
export function limitsAloneComplianceVerdict(names: readonly string[], { finding, ...verdict }: Verdict): Verdict {
  if (verdict.compliance === 'NOT_APPLICABLE') return verdict;
  const words = guardFindingAmbiguityWords(names);
  if (finding === undefined) return undeterminedComplianceVerdict(`${words}; only its limits are enforced`, verdict.retry);
  return {
    ...verdict,
    compliance: 'NON_COMPLIANT',
    annotation: shortenAtWord(`${words}; ${verdict.annotation}`, MAX_ANNOTATION),
    finding: { ...finding, summary: joinFindingSentence(words, finding.summary) },
  };
}

export function unreadableGroupComplianceVerdict(error: ReadError): Verdict {
  return undeterminedComplianceVerdict(
    `nothing was changed, because the live rules could not be read: ${error.message}`,
    canRemediatorRetryRead(error),
  );
}

/** Returns what to report about a group whose evaluation ended with an internal error. */
export function groupEvaluationErrorVerdict(error: unknown): Verdict {
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return undeterminedComplianceVerdict(`an unexpected error ended the evaluation of the group: ${told}`, true);
}

/**
 * Returns what to report about groups that the remediator did not evaluate before the deadline. AWS Config keeps the previous evaluations
 * of these groups.
 */
export function unevaluatedGroupsComplianceVerdict(groupIds: readonly string[]): Verdict {
  const count = groupIds.length === 1 ? '1 group' : `${groupIds.length} groups`;
  return undeterminedComplianceVerdict(`the function ran out of time before it evaluated ${count}: ${groupIds.join(', ')}`, true);
}

/** Returns what to report if EC2 could not list the groups that baselines and limits select by tag, name or VPC. */
export function unlistedGroupsComplianceVerdict(error: ReadError): Verdict {
  const summary = `groups that are selected by tag, name or VPC, or by a limit for all groups, were not evaluated, because EC2 could not list them: ${error.message}`;
  return undeterminedComplianceVerdict(summary, canRemediatorRetryRead(error));
}

/**
 * Returns what to report about a group after `restoreSecurityGroup`. `groupName` is `null` if the name is unknown. `wait` is present if the
 * remaining changes need an approval.
 */
export function judgeRestoration(
  declaration: Declaration,
  restoration: Restoration,
  settings: JudgementSettings,
  groupName: string | null = null,
  wait?: Wait,
): Verdict {
  const verdict = complianceVerdictOnRestoration(declaration, restoration, settings, wait);
  if (verdict.finding === undefined) return verdict;
  const { plan, lists } = restoration;
  const controls = controlsBrokenBy(rulesOfPlannedChanges(plan.revoke), lists.addresses, groupName);
  return {
    ...verdict,
    finding: {
      ...verdict.finding,
      ...(controls.length > 0 && { controls }),
      ...(wait?.approval && { approval: wait.approval }),
    },
  };
}

function complianceVerdictOnRestoration(
  declaration: Declaration,
  restoration: Restoration,
  settings: JudgementSettings,
  wait?: Wait,
): Verdict {
  const { plan, lists, ending } = restoration;
  if (ending.kind === 'gone') return notApplicableVerdict('the group no longer exists');
  if (isAtBaseline(plan))
    return {
      compliance: 'COMPLIANT',
      annotation: shortenAtWord(`the group is ${compliantAnnotationWords(declaration)}`, MAX_ANNOTATION),
      retry: false,
    };
  if (isAtBaseline(enforcedPartOfPlan(plan, declaration)))
    return reportOnlyVerdict(
      declaration,
      plan,
      lists,
      `${wait?.words ?? 'report only, nothing was changed'}: ${driftLeftByRemediatorWords(plan)}`,
      wait,
    );
  return addRulesToRestorationFinding(judgeEnforcedRestoration(declaration, restoration, ending, settings, wait), restoration);
}

/** Returns text such as `at its baseline web and within the limits a, b`. */
function compliantAnnotationWords({ baseline, limits }: Declaration): string {
  return [
    ...(baseline === undefined ? [] : [`at its baseline ${baseline.name}`]),
    ...(limits.length === 0 ? [] : [`within ${guardFindingLimitNames(limits)}`]),
  ].join(' and ');
}

function judgeEnforcedRestoration(
  declaration: Declaration,
  restoration: Restoration,
  ending: Exclude<Ending, { readonly kind: 'gone' }>,
  settings: JudgementSettings,
  wait: Wait | undefined,
): Verdict {
  switch (ending.kind) {
    case 'too-many':
      return maxRevocationsComplianceVerdict(restoration, ending.revocations, settings.maxRevocations);
    case 'out-of-time':
      return restorationDeadlineVerdict(restoration);
    case 'unverified':
      return unverifiedRestorationVerdict(restoration, ending.error);
    case 'done':
      if (!isAtBaseline(enforcedPartOfPlan(restoration.remaining, declaration))) return failedRestorationComplianceVerdict(restoration);
      return isAtBaseline(restoration.remaining)
        ? restoredGroupVerdict(declaration, restoration, settings.reportRestored)
        : partlyRestoredVerdict(declaration, restoration, wait);
  }
}

/**
 * Returns what to report about a drift that the remediator does not repair now, because of report mode or because of a pending approval.
 */
function reportOnlyVerdict(
  { baseline }: Declaration,
  plan: Plan,
  lists: PrefixListContents,
  what: string,
  wait: Wait | undefined,
): Verdict {
  if (wait !== undefined) return driftComplianceVerdict(plan, lists, what, wait.retry, wait.outlook);
  const isEnforcing = [baseline, ...plan.broken.map(({ limit }) => limit)].some((each) => each?.mode === 'enforce');
  const isUnsure = isEnforcing && Object.values(lists.unread).some(canRemediatorRetryRead);
  const reportOnly = plan.broken.length === 0 ? OUTLOOK.reportOnly : OUTLOOK.limitsReportOnly;
  return driftComplianceVerdict(plan, lists, what, isUnsure, isUnsure ? OUTLOOK.triedAgain : reportOnly);
}

/**
 * Returns what to report if the enforced rules of a group were restored, but a drift remains because of report mode or a pending approval.
 */
function partlyRestoredVerdict(
  declaration: Declaration,
  { plan, lists, remaining, authorized, revoked }: Restoration,
  wait: Wait | undefined,
): Verdict {
  const done = remediatorFindingChangeWords(authorized, revoked) || 'somebody else restored the group meanwhile';
  const verdict = reportOnlyVerdict(
    declaration,
    { ...remaining, broken: plan.broken },
    lists,
    joinFindingSentence(done, `${wait?.words ?? 'report only'}: ${driftLeftByRemediatorWords(remaining)}`),
    wait,
  );
  const severity = severityOfDrift(rulesOfPlannedChanges(plan.revoke), rulesOfPlannedChanges(plan.authorize), lists);
  return { ...verdict, ...(verdict.finding && { finding: { ...verdict.finding, severity } }) };
}

/** To undo a restoration, a person needs the rules before and after the restoration. */
function addRulesToRestorationFinding(verdict: Verdict, { before, after }: Restoration): Verdict {
  if (verdict.finding === undefined) return verdict;
  return {
    ...verdict,
    finding: { ...verdict.finding, rules: { before: findingPermissionsByDirection(before), after: findingPermissionsByDirection(after) } },
  };
}

/** The note in a finding after a revocation. Security groups are stateful, so open connections can survive a revocation. */
export const OPEN_CONNECTIONS_NOTE = 'connections already open through a revoked rule may live on';

function restoredGroupVerdict(
  { baseline }: Declaration,
  { plan, lists, authorized, revoked }: Restoration,
  compliance: 'COMPLIANT' | 'NON_COMPLIANT',
): Verdict {
  const done = remediatorFindingChangeWords(authorized, revoked) || 'somebody else restored the group meanwhile';
  const target = guardFindingDeclarationNames({ baseline, limits: plan.broken.map(({ limit }) => limit) });
  return {
    compliance,
    annotation: shortenAtWord(`restored to ${target}: ${done}`, MAX_ANNOTATION),
    finding: {
      kind: 'restoration',
      severity: severityOfDrift(rulesOfPlannedChanges(plan.revoke), rulesOfPlannedChanges(plan.authorize), lists),
      summary: joinFindingSentence(
        ...describeBrokenLimits(plan.broken),
        done,
        revoked.length > 0 && OPEN_CONNECTIONS_NOTE,
        ...unreadPrefixListReasons(rulesOfPlannedChanges(plan.revoke), lists),
      ),
      ...guardFindingBrokenLimits(plan),
      atBaseline: true,
      ...findingDrift(authorized, revoked),
      basis: 'live',
    },
    retry: false,
  };
}

/**
 * Returns what to report about a group that was not restored, because the run would revoke more rules than the maximum. A mistake in the
 * baseline is a likely cause. Rules that let the world reach a sensitive service were revoked regardless of the maximum.
 */
function maxRevocationsComplianceVerdict(restoration: Restoration, revocations: number, limit = 0): Verdict {
  const { plan, lists, remaining, failures, authorized, revoked } = restoration;
  const left = rulesOfPlannedChanges(remaining.revoke);
  const isOpen = worldOpeningRules(left, lists).length > 0;
  const summary = `not restored: ${joinFindingSentence(
    `this run would have to revoke ${revocations} rules, but \`maxRevocations\` is ${limit}`,
    remediatorFindingChangeWords(authorized, revoked) || 'nothing was changed',
    worldOpeningRules(revoked, lists).length > 0 &&
      'rules that let the world reach a sensitive service are revoked regardless of `maxRevocations`',
    isOpen && remediatorFailureWords(failures),
    driftLeftByRemediatorWords(remaining),
  )}`;
  // A rule for an unreadable prefix list may let the world reach a service.
  const isUnsure = prefixListsInIngress(left).some((id) => lists.unread[id]?.kind === 'transient');
  const retry = isUnsure || (isOpen && mayRetrySucceed(restoration));
  const verdict = driftComplianceVerdict(remaining, lists, summary, retry, retry ? OUTLOOK.triedAgain : OUTLOOK.notTriedAgain);
  const severity = severityOfDrift(rulesOfPlannedChanges(plan.revoke), rulesOfPlannedChanges(plan.authorize), lists);
  return { ...verdict, ...(verdict.finding && { finding: { ...verdict.finding, severity } }) };
}

/** Returns what to report about a restoration that ended at the deadline. */
function restorationDeadlineVerdict(restoration: Restoration): Verdict {
  const summary = `the function ran out of time before it could confirm that the group is at its baseline; ${remediatorChangesWords(restoration)}`;
  return undeterminedComplianceVerdict(summary, true);
}

/** Returns what to report if the read after a restoration failed, so that the effect of the changes is unknown. */
function unverifiedRestorationVerdict(restoration: Restoration, error: ReadError): Verdict {
  return undeterminedComplianceVerdict(
    `${remediatorChangesWords(restoration)}; it is unknown whether the group is at its baseline: ${error.message}`,
    canRemediatorRetryRead(error),
  );
}

/** Names the changes that EC2 confirmed, and the changes whose responses were lost. */
function remediatorChangesWords(restoration: Restoration): string {
  const perhaps = remediatorUnconfirmedChangesWords(restoration);
  const done = remediatorFindingChangeWords(restoration.authorized, restoration.revoked) || (perhaps === '' ? 'nothing was changed' : '');
  return joinFindingSentence(done, perhaps);
}

function remediatorUnconfirmedChangesWords({ unanswered }: Restoration): string {
  const perhaps = remediatorFindingChangeWords(unanswered.authorized, unanswered.revoked);
  return perhaps && `perhaps ${perhaps}, but EC2 did not confirm the call`;
}

function remediatorFindingChangeWords(authorized: readonly Rule[], revoked: readonly Rule[]): string {
  return joinFindingSentence(
    revoked.length > 0 && `revoked ${describeRules(revoked)}`,
    authorized.length > 0 && `authorized ${describeRules(authorized)}`,
  );
}

function canRemediatorRetryRead(error: ReadError): boolean {
  return error instanceof SecurityGroupCallError && error.kind === 'transient';
}

function failedRestorationComplianceVerdict(restoration: Restoration): Verdict {
  const { remaining, lists, failures, heldBack, isContested } = restoration;
  const isFull = failures.some(({ kind }) => kind === 'quota');
  const why = joinFindingSentence(
    remediatorFailureWords(failures),
    isContested && 'somebody else changed the group during the restoration',
    failures.length === 0 &&
      !isContested &&
      (remediatorUnconfirmedChangesWords(restoration) || 'EC2 accepted every call, but later reads do not show every change'),
    heldBack.length > 0 &&
      `not revoked, to keep ${remaining.broken.length > 0 ? 'allowed' : 'declared'} traffic: ${describeRules(heldBack)}`,
    heldBack.length > 0 && isFull && 'raise the quota of rules, or remove one of these rules yourself',
  );
  const retry = mayRetrySucceed(restoration);
  const outlook = retry ? OUTLOOK.triedAgain : OUTLOOK.notTriedAgain;
  return driftComplianceVerdict(remaining, lists, `not restored: ${why}; ${driftLeftByRemediatorWords(remaining)}`, retry, outlook);
}

function remediatorFailureWords(failures: readonly SecurityGroupCallError[]): string {
  return [...new Set(failures.map(ec2ReadErrorReason))].join(', ');
}

function mayRetrySucceed({ failures, isContested }: Restoration): boolean {
  return (
    isContested ||
    failures.length === 0 ||
    failures.some(({ kind }) => kind === 'transient' || kind === 'duplicate' || kind === 'rule-not-found')
  );
}

function driftComplianceVerdict(plan: Plan, lists: PrefixListContents, what: string, retry: boolean, outlook: string): Verdict {
  const excess = rulesOfPlannedChanges(plan.revoke);
  const missing = rulesOfPlannedChanges(plan.authorize);
  const summary = joinFindingSentence(
    ...describeBrokenLimits(plan.broken),
    what,
    ...unreadPrefixListReasons(excess, lists, prefixListsOfBrokenLimits(plan.broken)),
  );
  return {
    compliance: 'NON_COMPLIANT',
    annotation: shortenAtWord(summary, MAX_ANNOTATION),
    finding: {
      kind: 'drift',
      severity: severityOfDrift(excess, missing, lists),
      summary,
      ...guardFindingBrokenLimits(plan),
      atBaseline: false,
      outlook,
      ...findingDrift(missing, excess),
      basis: 'live',
    },
    retry,
  };
}

function undeterminedComplianceVerdict(summary: string, retry: boolean): Verdict {
  return {
    compliance: 'NON_COMPLIANT',
    annotation: shortenAtWord(summary, MAX_ANNOTATION),
    finding: { kind: 'undetermined', severity: 'high', summary, atBaseline: null, ...findingDrift([], []), basis: 'live' },
    retry,
  };
}

function driftLeftByRemediatorWords({ authorize, revoke }: Plan): string {
  return describeDrift(rulesOfPlannedChanges(authorize), rulesOfPlannedChanges(revoke));
}
