/** Judges one group by its drift and by the changes that the restoration made. Pure. */
import type { Declaration } from '@portcullis/baseline';
import {
  type Assessment,
  controlsBrokenBy,
  describeBroken,
  describeNeeds,
  describeRules,
  driftOf,
  OUTLOOK,
  permissionsByDirection,
  sentence,
  severityOfDrift,
  shorten,
} from '@portcullis/finding';
import type { Rule } from '@portcullis/permission-diff';
import {
  enforcedPart,
  isAtBaseline,
  listsIn,
  listsInBroken,
  reasonOf,
  rulesOf,
  SecurityGroupCallError,
  unreadWords,
  worldOpening,
  type Ending,
  type ListContents,
  type Plan,
  type ReadError,
  type Restoration,
} from '@portcullis/security-groups';
import type { Compliance, Wait } from './ports.js';

/** The maximum length of an annotation, in characters. Source: AWS Config API reference, Evaluation. */
const MAX_ANNOTATION = 256;

export interface JudgementSettings {
  /** The compliance of a restored group. */
  readonly reportRestored: 'COMPLIANT' | 'NON_COMPLIANT';
  /** How many rules one run may revoke. A run that would revoke more rules changes nothing. If `undefined`, there is no limit. */
  readonly maxRevocations: number | undefined;
}

export interface Verdict {
  readonly compliance: Compliance;
  /** 1 to 256 characters, the most useful words first. */
  readonly annotation: string;
  /** Absent if there is nothing to report. */
  readonly finding?: Assessment;
  /** Whether a retry may succeed. */
  readonly retry: boolean;
}

export function notApplicable(reason: string): Verdict {
  return { compliance: 'NOT_APPLICABLE', annotation: shorten(reason, MAX_ANNOTATION), retry: false };
}

/** Returns the verdict on a group that several baselines and no limit select. Such a group is left alone. */
export function ambiguous(names: readonly string[]): Verdict {
  return undetermined(`${ambiguousWords(names)}; it was left alone`, false);
}

/** Returns the verdict on a group that several baselines select, so that only its limits were judged. */
export function alsoAmbiguous(names: readonly string[], { finding, ...verdict }: Verdict): Verdict {
  if (verdict.compliance === 'NOT_APPLICABLE') return verdict;
  const words = ambiguousWords(names);
  if (finding === undefined) return undetermined(`${words}; only its limits are enforced`, verdict.retry);
  return {
    ...verdict,
    compliance: 'NON_COMPLIANT',
    annotation: shorten(`${words}; ${verdict.annotation}`, MAX_ANNOTATION),
    finding: { ...finding, summary: sentence(words, finding.summary) },
  };
}

function ambiguousWords(names: readonly string[]): string {
  return `several baselines select the group: ${names.join(', ')}`;
}

/** Returns the verdict on a group whose live rules could not be read. The group was not changed. */
export function unreadable(error: ReadError): Verdict {
  return undetermined(`the live rules could not be read and nothing was changed: ${error.message}`, isTransient(error));
}

/** Returns the verdict after an internal error. It is reported like any other failure, so that the other groups are still evaluated. */
export function unexpected(error: unknown): Verdict {
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return undetermined(`the group was not evaluated to the end because of an unexpected error: ${told}`, true);
}

/** Returns the verdict on groups that were not reached before the deadline. AWS Config keeps their previous evaluations. */
export function notReached(groupIds: readonly string[]): Verdict {
  const count = groupIds.length === 1 ? '1 group was' : `${groupIds.length} groups were`;
  return undetermined(`the time was up before ${count} evaluated: ${groupIds.join(', ')}`, true);
}

/** Returns the verdict if the selected groups could not be listed. */
export function notListed(error: ReadError): Verdict {
  const summary = `which groups are selected by tag, name or VPC, or by a limit for all groups, could not be read, and they were not evaluated: ${error.message}`;
  return undetermined(summary, isTransient(error));
}

/** Judges what `restore` did. `groupName` is null if unknown. `wait` is present if the remaining changes need an approval. */
export function judge(
  declaration: Declaration,
  restoration: Restoration,
  settings: JudgementSettings,
  groupName: string | null = null,
  wait?: Wait,
): Verdict {
  const verdict = judgeRestoration(declaration, restoration, settings, wait);
  if (verdict.finding === undefined) return verdict;
  const { plan, lists } = restoration;
  const controls = controlsBrokenBy(rulesOf(plan.revoke), lists.addresses, groupName);
  return {
    ...verdict,
    finding: {
      ...verdict.finding,
      ...(controls.length > 0 && { controls }),
      ...(wait?.approval && { approval: wait.approval }),
    },
  };
}

function judgeRestoration(declaration: Declaration, restoration: Restoration, settings: JudgementSettings, wait?: Wait): Verdict {
  const { plan, lists, ending } = restoration;
  if (ending.kind === 'gone') return notApplicable('the group does not exist any more');
  if (isAtBaseline(plan))
    return { compliance: 'COMPLIANT', annotation: shorten(`the group is ${checkedWords(declaration)}`, MAX_ANNOTATION), retry: false };
  if (isAtBaseline(enforcedPart(plan, declaration)))
    return reportedOnly(declaration, plan, lists, `${wait?.words ?? 'report only, nothing was changed'}: ${needs(plan)}`, wait);
  return withRules(judgeEnforced(declaration, restoration, ending, settings, wait), restoration);
}

/** Returns what was checked: `at its baseline web and within the limits a, b`. */
function checkedWords({ baseline, limits }: Declaration): string {
  return [
    ...(baseline === undefined ? [] : [`at its baseline ${baseline.name}`]),
    ...(limits.length === 0 ? [] : [`within ${limitWords(limits)}`]),
  ].join(' and ');
}

function limitWords(limits: Declaration['limits']): string {
  return `the limit${limits.length === 1 ? '' : 's'} ${limits.map(({ name }) => name).join(', ')}`;
}

function judgeEnforced(
  declaration: Declaration,
  restoration: Restoration,
  ending: Exclude<Ending, { readonly kind: 'gone' }>,
  settings: JudgementSettings,
  wait: Wait | undefined,
): Verdict {
  switch (ending.kind) {
    case 'too-many':
      return tooMany(restoration, ending.revocations, settings.maxRevocations);
    case 'out-of-time':
      return outOfTime(restoration);
    case 'unverified':
      return notVerified(restoration, ending.error);
    case 'done':
      if (!isAtBaseline(enforcedPart(restoration.remaining, declaration))) return notRestored(restoration);
      return isAtBaseline(restoration.remaining)
        ? restored(declaration, restoration, settings.reportRestored)
        : restoredInPart(declaration, restoration, wait);
  }
}

/** Returns the verdict on differences that nothing ends now, because they are only reported or wait for an approval. */
function reportedOnly({ baseline }: Declaration, plan: Plan, lists: ListContents, what: string, wait: Wait | undefined): Verdict {
  if (wait !== undefined) return drift(plan, lists, what, wait.retry, wait.outlook);
  const isEnforcing = [...(baseline === undefined ? [] : [baseline]), ...plan.broken.map(({ limit }) => limit)].some(
    ({ mode }) => mode === 'enforce',
  );
  const isUnsure = isEnforcing && Object.values(lists.unread).some(isTransient);
  const reportOnly = plan.broken.length === 0 ? OUTLOOK.reportOnly : OUTLOOK.limitsReportOnly;
  return drift(plan, lists, what, isUnsure, isUnsure ? OUTLOOK.triedAgain : reportOnly);
}

/** Returns the verdict if everything that is enforced was restored, and something else is only reported. */
function restoredInPart(
  declaration: Declaration,
  { plan, lists, remaining, authorized, revoked }: Restoration,
  wait: Wait | undefined,
): Verdict {
  const done = doneWords(authorized, revoked) || 'somebody else restored it meanwhile';
  const verdict = reportedOnly(
    declaration,
    { ...remaining, broken: plan.broken },
    lists,
    sentence(done, `${wait?.words ?? 'report only'}: ${needs(remaining)}`),
    wait,
  );
  const severity = severityOfDrift(rulesOf(plan.revoke), rulesOf(plan.authorize), lists);
  return { ...verdict, ...(verdict.finding && { finding: { ...verdict.finding, severity } }) };
}

/** Adds the rules before and after, so that a person can undo the change. */
function withRules(verdict: Verdict, { before, after }: Restoration): Verdict {
  if (verdict.finding === undefined) return verdict;
  return {
    ...verdict,
    finding: { ...verdict.finding, rules: { before: permissionsByDirection(before), after: permissionsByDirection(after) } },
  };
}

/** The note about connections after a revocation. Security groups are stateful. */
export const OPEN_CONNECTIONS_NOTE = 'connections already open through a revoked rule may live on';

function restored(
  { baseline }: Declaration,
  { plan, lists, authorized, revoked }: Restoration,
  compliance: 'COMPLIANT' | 'NON_COMPLIANT',
): Verdict {
  const done = doneWords(authorized, revoked) || 'somebody else restored it meanwhile';
  const limits = plan.broken.map(({ limit }) => limit);
  const target = [...(baseline === undefined ? [] : [baseline.name]), ...(limits.length === 0 ? [] : [limitWords(limits)])].join(' and ');
  return {
    compliance,
    annotation: shorten(`restored to ${target}: ${done}`, MAX_ANNOTATION),
    finding: {
      kind: 'restoration',
      severity: severityOfDrift(rulesOf(plan.revoke), rulesOf(plan.authorize), lists),
      summary: sentence(
        ...describeBroken(plan.broken),
        done,
        revoked.length > 0 && OPEN_CONNECTIONS_NOTE,
        ...unreadWords(rulesOf(plan.revoke), lists),
      ),
      ...brokenNames(plan),
      atBaseline: true,
      ...driftOf(authorized, revoked),
      basis: 'live',
    },
    retry: false,
  };
}

/**
 * Returns the verdict on a plan that exceeds the limit of revocations. The cause may be a mistake in the baseline rather than an attack.
 * Rules that let the world reach a sensitive service were revoked regardless of the limit.
 */
function tooMany(restoration: Restoration, revocations: number, limit = 0): Verdict {
  const { plan, lists, remaining, failures, authorized, revoked } = restoration;
  const left = rulesOf(remaining.revoke);
  const isOpen = worldOpening(left, lists).length > 0;
  const summary = `not restored: ${sentence(
    `${revocations} rules would have to be revoked in this run, more than the limit of ${limit}`,
    doneWords(authorized, revoked) || 'nothing was changed',
    worldOpening(revoked, lists).length > 0 && 'what lets the world reach a sensitive service is revoked whatever the limit',
    isOpen && failureWords(failures),
    needs(remaining),
  )}`;
  // A prefix list that could not be read may open a service to the world.
  const isUnsure = listsIn(left).some((id) => lists.unread[id]?.kind === 'transient');
  const retry = isUnsure || (isOpen && mayPass(restoration));
  const verdict = drift(remaining, lists, summary, retry, retry ? OUTLOOK.triedAgain : OUTLOOK.notTriedAgain);
  const severity = severityOfDrift(rulesOf(plan.revoke), rulesOf(plan.authorize), lists);
  return { ...verdict, ...(verdict.finding && { finding: { ...verdict.finding, severity } }) };
}

/** Returns the verdict if the deadline ended the restoration. The last read may be older than our last calls. */
function outOfTime(restoration: Restoration): Verdict {
  const summary = `the time was up before the group was read to be at its baseline; ${doneOrNothing(restoration)}`;
  return undetermined(summary, true);
}

/** Returns the verdict if a read failed after the calls, so that their effect is unknown. */
function notVerified(restoration: Restoration, error: ReadError): Verdict {
  return undetermined(
    `${doneOrNothing(restoration)}; whether the group is at its baseline could not be read: ${error.message}`,
    isTransient(error),
  );
}

/** Returns a text about the changes that were made and that may have been made, since no later read shows the result. */
function doneOrNothing(restoration: Restoration): string {
  const perhaps = perhapsWords(restoration);
  const done = doneWords(restoration.authorized, restoration.revoked) || (perhaps === '' ? 'nothing was changed' : '');
  return sentence(done, perhaps);
}

function perhapsWords({ unanswered }: Restoration): string {
  const perhaps = doneWords(unanswered.authorized, unanswered.revoked);
  return perhaps && `perhaps ${perhaps}: EC2 did not confirm it`;
}

function doneWords(authorized: readonly Rule[], revoked: readonly Rule[]): string {
  return sentence(
    revoked.length > 0 && `revoked ${describeRules(revoked)}`,
    authorized.length > 0 && `authorized ${describeRules(authorized)}`,
  );
}

function isTransient(error: ReadError): boolean {
  return error instanceof SecurityGroupCallError && error.kind === 'transient';
}

function notRestored(restoration: Restoration): Verdict {
  const { remaining, lists, failures, heldBack, isContested } = restoration;
  const isFull = failures.some(({ kind }) => kind === 'quota');
  const why = sentence(
    failureWords(failures),
    isContested && 'somebody else changed the group while it was restored',
    failures.length === 0 &&
      !isContested &&
      (perhapsWords(restoration) || 'EC2 accepted every call, but reads do not show all of what they changed'),
    heldBack.length > 0 &&
      `not revoked, to keep ${remaining.broken.length > 0 ? 'allowed' : 'declared'} traffic: ${describeRules(heldBack)}`,
    heldBack.length > 0 && isFull && 'raise the quota of rules, or remove one of them by hand',
  );
  const retry = mayPass(restoration);
  const outlook = retry ? OUTLOOK.triedAgain : OUTLOOK.notTriedAgain;
  return drift(remaining, lists, `not restored: ${why}; ${needs(remaining)}`, retry, outlook);
}

function failureWords(failures: readonly SecurityGroupCallError[]): string {
  return [...new Set(failures.map(reasonOf))].join(', ');
}

/** Reports whether a retry may succeed. */
function mayPass({ failures, isContested }: Restoration): boolean {
  return (
    isContested ||
    failures.length === 0 ||
    failures.some(({ kind }) => kind === 'transient' || kind === 'duplicate' || kind === 'rule-not-found')
  );
}

function drift(plan: Plan, lists: ListContents, what: string, retry: boolean, outlook: string): Verdict {
  const excess = rulesOf(plan.revoke);
  const missing = rulesOf(plan.authorize);
  const summary = sentence(...describeBroken(plan.broken), what, ...unreadWords(excess, lists, listsInBroken(plan.broken)));
  return {
    compliance: 'NON_COMPLIANT',
    annotation: shorten(summary, MAX_ANNOTATION),
    finding: {
      kind: 'drift',
      severity: severityOfDrift(excess, missing, lists),
      summary,
      ...brokenNames(plan),
      atBaseline: false,
      outlook,
      ...driftOf(missing, excess),
      basis: 'live',
    },
    retry,
  };
}

function undetermined(summary: string, retry: boolean): Verdict {
  return {
    compliance: 'NON_COMPLIANT',
    annotation: shorten(summary, MAX_ANNOTATION),
    finding: { kind: 'undetermined', severity: 'high', summary, atBaseline: null, ...driftOf([], []), basis: 'live' },
    retry,
  };
}

function needs({ authorize, revoke }: Plan): string {
  return describeNeeds(rulesOf(authorize), rulesOf(revoke));
}

function brokenNames({ broken }: Plan): Pick<Assessment, 'limits'> {
  return broken.length === 0 ? {} : { limits: broken.map(({ limit }) => limit.name) };
}
