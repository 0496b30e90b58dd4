/** What is to be told of one group: pure, from what was found and done. */
import type { Baseline } from '@portcullis/baseline';
import {
  describeRules,
  driftOf,
  OUTLOOK,
  sentence,
  severityOfDrift,
  shorten,
  type Drift,
  type Finding,
  type FindingKind,
  type Severity,
} from '@portcullis/finding';
import { permissionsOf, type Rule } from '@portcullis/permission-diff';
import {
  isAtBaseline,
  SecurityGroupCallError,
  type Ending,
  type Plan,
  type ReadError,
  type Restoration,
} from '@portcullis/security-groups';
import type { Compliance } from './ports.js';
import type { Settings } from './settings.js';

/** Source: AWS Config API reference, Evaluation: an annotation has 1 to 256 characters. */
const MAX_ANNOTATION = 256;

export interface Verdict {
  readonly compliance: Compliance;
  /** 1 to 256 characters, the most useful words first. */
  readonly annotation: string;
  /** Absent when there is nothing to report. */
  readonly finding?: Told;
  /** Doing the same again may end otherwise. */
  readonly retry: boolean;
}

/** What a finding says of the group itself. */
export interface Told extends Drift {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly summary: string;
  readonly atBaseline: boolean | null;
  readonly outlook?: string;
  readonly rules?: Finding['rules'];
}

export function notApplicable(reason: string): Verdict {
  return { compliance: 'NOT_APPLICABLE', annotation: shorten(reason, MAX_ANNOTATION), retry: false };
}

/** Two baselines claim the group, so it is left alone. */
export function ambiguous(names: readonly string[]): Verdict {
  return undetermined(`several baselines select the group: ${names.join(', ')}; it was left alone`, false);
}

/** The live rules could not be read: the group was not changed, and nothing is known of it. */
export function unreadable(error: ReadError): Verdict {
  return undetermined(`the live rules could not be read and nothing was changed: ${error.message}`, isTransient(error));
}

/** Something of ours failed that should not. It is told like any other failure, so that the other groups get their turn. */
export function unexpected(error: unknown): Verdict {
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return undetermined(`the group was not evaluated to the end because of an unexpected error: ${told}`, true);
}

/** The function had to stop before these groups had their turn. Nothing is said of them to AWS Config: what it knows stays. */
export function notReached(groupIds: readonly string[]): Verdict {
  const count = groupIds.length === 1 ? '1 group was' : `${groupIds.length} groups were`;
  return undetermined(`the time was up before ${count} evaluated: ${groupIds.join(', ')}`, true);
}

/** Which groups the baselines select could not be found out. */
export function notListed(error: ReadError): Verdict {
  const summary = `which groups are selected by tag, name or VPC could not be read, and they were not evaluated: ${error.message}`;
  return undetermined(summary, isTransient(error));
}

/** Judges what `restore` did. */
export function judge(
  baseline: Baseline,
  restoration: Restoration,
  settings: Pick<Settings, 'reportRestored' | 'maxRevocations'>,
): Verdict {
  const { plan, ending } = restoration;
  if (ending.kind === 'gone') return notApplicable('the group does not exist any more');
  if (isAtBaseline(plan)) {
    return {
      compliance: 'COMPLIANT',
      annotation: shorten(`the group is at its baseline ${baseline.name}`, MAX_ANNOTATION),
      retry: false,
    };
  }
  if (baseline.mode === 'report')
    return drift(plan, `report only, nothing was changed: ${needs(plan)}`, false, OUTLOOK.reportOnly);
  return withRules(judgeEnforced(baseline, restoration, ending, settings), restoration);
}

function judgeEnforced(
  baseline: Baseline,
  restoration: Restoration,
  ending: Exclude<Ending, { readonly kind: 'gone' }>,
  settings: Pick<Settings, 'reportRestored' | 'maxRevocations'>,
): Verdict {
  switch (ending.kind) {
    case 'too-many':
      return tooMany(restoration, ending.revocations, settings.maxRevocations);
    case 'out-of-time':
      return outOfTime(restoration);
    case 'unverified':
      return notVerified(restoration, ending.error);
    case 'done':
      return isAtBaseline(restoration.remaining)
        ? restored(baseline, restoration, settings.reportRestored)
        : notRestored(restoration);
  }
}

/** Adds the record by which a person can undo what was done. */
function withRules(verdict: Verdict, { before, after }: Restoration): Verdict {
  if (verdict.finding === undefined) return verdict;
  return { ...verdict, finding: { ...verdict.finding, rules: { before: rulesIn(before), after: rulesIn(after) } } };
}

function restored(
  baseline: Baseline,
  { plan, authorized, revoked }: Restoration,
  compliance: 'COMPLIANT' | 'NON_COMPLIANT',
): Verdict {
  const done = doneWords(authorized, revoked) || 'somebody else restored it meanwhile';
  return {
    compliance,
    annotation: shorten(`restored to ${baseline.name}: ${done}`, MAX_ANNOTATION),
    finding: {
      kind: 'restoration',
      severity: severityOfDrift(rulesOf(plan.revoke), rulesOf(plan.authorize)),
      summary: revoked.length > 0 ? `${done}; connections already open through a revoked rule may live on` : done,
      atBaseline: true,
      ...driftOf(authorized, revoked),
    },
    retry: false,
  };
}

/** More would have to be revoked than a run may: a mistake in the baseline is as likely as that many intruders. */
function tooMany({ remaining, authorized, revoked }: Restoration, revocations: number, limit = 0): Verdict {
  const done = doneWords(authorized, revoked) || 'nothing was changed';
  const why = `${revocations} rules would have to be revoked in this run, more than the limit of ${limit}`;
  const summary = `not restored: ${why}; ${done}; ${needs(remaining)}`;
  return drift(remaining, summary, false, OUTLOOK.notTriedAgain);
}

/** The function had to stop. What was read last may be from before our last calls. */
function outOfTime({ authorized, revoked }: Restoration): Verdict {
  const done = doneWords(authorized, revoked) || 'nothing was changed';
  return undetermined(`the time was up before the group was read to be at its baseline; ${done}`, true);
}

/** Calls were made, and what they have led to could not be read. */
function notVerified({ authorized, revoked }: Restoration, error: ReadError): Verdict {
  const done = doneWords(authorized, revoked) || 'nothing was changed';
  return undetermined(
    `${done}; whether the group is at its baseline could not be read: ${error.message}`,
    isTransient(error),
  );
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

function notRestored({ remaining, failures, heldBack }: Restoration): Verdict {
  const codes = [...new Set(failures.map(({ operation, code }) => `${operation} failed with ${code}`))].join(', ');
  const why = sentence(
    failures.length === 0 ? 'EC2 took every call and the rules did not change' : codes,
    heldBack.length > 0 && `not revoked, to keep declared traffic: ${describeRules(heldBack)}`,
  );
  const transient =
    failures.length === 0 ||
    failures.some(({ kind }) => kind === 'transient' || kind === 'duplicate' || kind === 'rule-not-found');
  const outlook = transient ? OUTLOOK.triedAgain : OUTLOOK.notTriedAgain;
  return drift(remaining, `not restored: ${why}; ${needs(remaining)}`, transient, outlook);
}

function drift(plan: Plan, summary: string, retry: boolean, outlook: string): Verdict {
  const excess = rulesOf(plan.revoke);
  const missing = rulesOf(plan.authorize);
  return {
    compliance: 'NON_COMPLIANT',
    annotation: shorten(summary, MAX_ANNOTATION),
    finding: {
      kind: 'drift',
      severity: severityOfDrift(excess, missing),
      summary,
      atBaseline: false,
      outlook,
      ...driftOf(missing, excess),
    },
    retry,
  };
}

function undetermined(summary: string, retry: boolean): Verdict {
  return {
    compliance: 'NON_COMPLIANT',
    annotation: shorten(summary, MAX_ANNOTATION),
    finding: { kind: 'undetermined', severity: 'high', summary, atBaseline: null, ...driftOf([], []) },
    retry,
  };
}

function needs({ authorize, revoke }: Plan): string {
  return sentence(
    revoke.length > 0 && `${describeRules(rulesOf(revoke))} must be revoked`,
    authorize.length > 0 && `${describeRules(rulesOf(authorize))} must be authorized`,
  );
}

function rulesIn(rules: readonly Rule[]): NonNullable<Finding['rules']>['before'] {
  const inDirection = (direction: Rule['direction']) =>
    permissionsOf(rules.filter((rule) => rule.direction === direction));
  return { ingress: inDirection('ingress'), egress: inDirection('egress') };
}

function rulesOf<R>(planned: readonly { readonly rule: R }[]): R[] {
  return planned.map(({ rule }) => rule);
}
