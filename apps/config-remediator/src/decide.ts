/** What is to be told of one group: pure, from what was found and done. */
import type { Baseline } from '@portcullis/baseline';
import {
  describeRules,
  driftOf,
  sentence,
  severityOfDrift,
  shorten,
  type Drift,
  type FindingKind,
  type Severity,
} from '@portcullis/finding';
import type { Rule } from '@portcullis/permission-diff';
import {
  isAtBaseline,
  SecurityGroupCallError,
  type Plan,
  type Restoration,
  type UnreadableRuleError,
} from '@portcullis/security-groups';
import type { Compliance } from './ports.js';

/** Source: AWS Config API reference, Evaluation: an annotation has 1 to 256 characters. */
const MAX_ANNOTATION = 256;

export interface Verdict {
  readonly compliance: Compliance;
  /** 1 to 256 characters, the most useful words first. */
  readonly annotation: string;
  /** Absent when there is nothing to report. */
  readonly finding?: Drift & { readonly kind: FindingKind; readonly severity: Severity; readonly summary: string };
  /** Doing the same again may end otherwise. */
  readonly retry: boolean;
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

/** Judges what `restore` did. */
export function judge(
  baseline: Baseline,
  restoration: Restoration,
  reportRestored: 'COMPLIANT' | 'NON_COMPLIANT',
): Verdict {
  const { plan, remaining, gone, unverified } = restoration;
  if (gone) return notApplicable('the group does not exist any more');
  if (isAtBaseline(plan)) {
    return {
      compliance: 'COMPLIANT',
      annotation: shorten(`the group is at its baseline ${baseline.name}`, MAX_ANNOTATION),
      retry: false,
    };
  }
  if (baseline.mode === 'report') return drift(plan, `report only, nothing was changed: ${needs(plan)}`, false);
  if (unverified !== undefined) return notVerified(restoration, unverified);
  if (isAtBaseline(remaining)) return restored(baseline, restoration, reportRestored);
  return notRestored(restoration);
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
      ...driftOf(authorized, revoked),
    },
    retry: false,
  };
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

type ReadError = SecurityGroupCallError | UnreadableRuleError;

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
  return drift(remaining, `not restored: ${why}; ${needs(remaining)}`, transient);
}

function drift(plan: Plan, summary: string, retry: boolean): Verdict {
  const excess = rulesOf(plan.revoke);
  const missing = rulesOf(plan.authorize);
  return {
    compliance: 'NON_COMPLIANT',
    annotation: shorten(summary, MAX_ANNOTATION),
    finding: { kind: 'drift', severity: severityOfDrift(excess, missing), summary, ...driftOf(missing, excess) },
    retry,
  };
}

function undetermined(summary: string, retry: boolean): Verdict {
  return {
    compliance: 'NON_COMPLIANT',
    annotation: shorten(summary, MAX_ANNOTATION),
    finding: { kind: 'undetermined', severity: 'high', summary, ...driftOf([], []) },
    retry,
  };
}

function needs({ authorize, revoke }: Plan): string {
  return sentence(
    revoke.length > 0 && `${describeRules(rulesOf(revoke))} must be revoked`,
    authorize.length > 0 && `${describeRules(rulesOf(authorize))} must be authorized`,
  );
}

function rulesOf<R>(planned: readonly { readonly rule: R }[]): R[] {
  return planned.map(({ rule }) => rule);
}
