/** What is to be told of one call and one guarded group: pure, from the record and the live rules. */
import type { Baseline } from '@portcullis/baseline';
import type { ApiCall } from '@portcullis/cloudtrail';
import {
  describeRules,
  driftOf,
  sentence,
  severityOfDrift,
  type Drift,
  type FindingKind,
  type Severity,
} from '@portcullis/finding';
import { ruleKey, type Rule } from '@portcullis/permission-diff';
import { isAtBaseline, planFor, type LiveRule, type Plan } from '@portcullis/security-groups';

export interface Verdict extends Drift {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly summary: string;
  readonly basis: 'live' | 'event';
}

export interface Circumstances {
  readonly baseline: Baseline;
  readonly call: ApiCall;
  /** The caller is the remediator, by its role. */
  readonly byRemediator: boolean;
  /** The day it is, UTC, as `YYYY-MM-DD`. */
  readonly today: string;
}

/** The call was refused or a dry run: nothing changed. */
export function attempted({ call }: Pick<Circumstances, 'call'>): Verdict {
  const tried = `${call.eventName} was ${call.outcome === 'dry-run' ? 'tried as a dry run' : `refused with ${String(call.errorCode)}`}`;
  const rules = rulesOfCall(call);
  return {
    kind: 'attempt',
    severity: call.outcome === 'dry-run' ? 'info' : 'low',
    summary: sentence(tried, rules.length > 0 && `it named ${describeRules(rules)}`),
    ...driftOf([], []),
    basis: 'event',
  };
}

/** The group does not exist any more. */
export function gone({ call, baseline }: Circumstances): Verdict {
  return {
    kind: 'drift',
    severity: 'medium',
    summary: `the group guarded by ${baseline.name} does not exist after ${call.eventName}`,
    ...driftOf([], []),
    basis: 'live',
  };
}

/** Nothing can be said of the group. */
export function undetermined(summary: string, severity: Severity = 'high'): Verdict {
  return { kind: 'undetermined', severity, summary, ...driftOf([], []), basis: 'event' };
}

/** Judges by the live rules: what must be done now to be at the baseline, whatever the call itself did. */
export function judgeLive(circumstances: Circumstances, live: readonly LiveRule[]): Verdict {
  const { baseline, call, byRemediator, today } = circumstances;
  const plan = planFor(baseline, live, today);
  const missing = rulesOf(plan.authorize);
  const excess = rulesOf(plan.revoke);
  const drift = driftOf(missing, excess);
  if (byRemediator && movesTowards(circumstances, plan)) {
    const rest = isAtBaseline(plan) ? 'the group is at its baseline' : needs(missing, excess);
    return {
      kind: 'restoration',
      severity: 'info',
      summary: sentence(`the remediator's ${call.eventName}`, rest),
      ...drift,
      basis: 'live',
    };
  }
  if (isAtBaseline(plan)) {
    const tolerated = rulesOf(plan.tolerated);
    const summary = sentence(
      `the group is at its baseline after ${call.eventName}`,
      tolerated.length > 0 && `left alone: ${describeRules(tolerated)}`,
    );
    return { kind: 'change', severity: 'info', summary, ...drift, basis: 'live' };
  }
  return {
    kind: 'drift',
    severity: severityOfDrift(excess, missing),
    summary: needs(missing, excess),
    ...drift,
    basis: 'live',
  };
}

/** Judges by the record alone, since the live rules could not be read for the reason given. */
export function judgeRecord({ baseline, call, today }: Circumstances, reason: string): Verdict {
  const rules = rulesOfCall(call);
  const incomplete =
    call.unreadable.length > 0 || (call.change.kind === 'revoke' && call.change.undescribedRuleIds.length > 0);
  if (rules.length === 0 || incomplete) {
    return undetermined(
      `the live rules could not be read (${reason}) and the record of ${call.eventName} does not tell what it did`,
    );
  }
  // Against a group that holds just these rules, the plan tells which of them are declared and which are not.
  const plan = planFor(baseline, rules.map(asLive), today);
  const removed = call.change.kind === 'revoke';
  const stillMissing = new Set(rulesOf(plan.authorize).map(ruleKey));
  const declared = rulesOf(planFor(baseline, [], today).authorize).filter((rule) => !stillMissing.has(ruleKey(rule)));
  const [missing, excess] = removed ? [declared, []] : [[], rulesOf(plan.revoke)];
  const basis = `judged by the event alone, since the live rules could not be read (${reason})`;
  const atBaseline = missing.length + excess.length === 0;
  return {
    kind: atBaseline ? 'change' : 'drift',
    severity: severityOfDrift(excess, missing),
    summary: sentence(atBaseline ? `${call.eventName} is within the baseline` : needs(missing, excess), basis),
    ...driftOf(missing, excess),
    basis: 'event',
  };
}

/** Reports whether the call can only have brought the group closer to its baseline. */
function movesTowards({ baseline, call, today }: Circumstances, plan: Plan): boolean {
  const rules = rulesOfCall(call);
  const required = planFor(baseline, [], today).authorize.map(({ rule }) => ruleKey(rule));
  const isRequired = (rule: Rule): boolean => required.includes(ruleKey(rule));
  // What could not be read may be what moved the group away.
  if (call.unreadable.length > 0) return false;
  if (call.change.kind === 'authorize') return rules.length > 0 && rules.every(isRequired);
  // The record does not tell what the rules were before. Had one been declared, it would be missing now.
  if (call.change.kind === 'modify') return rules.length > 0 && rules.every(isRequired) && plan.authorize.length === 0;
  if (call.change.kind !== 'revoke') return false;
  const { undescribedRuleIds } = call.change;
  if (rules.length + undescribedRuleIds.length === 0 || rules.some(isRequired)) return false;
  // What was removed by id alone is not known; then the call is excused only while nothing declared is missing.
  return undescribedRuleIds.length === 0 || plan.authorize.length === 0;
}

/**
 * Returns the rules the record tells the call added or removed. A modified rule's record does not say its direction: it is taken for
 * ingress, which is the side that lets somebody in.
 */
function rulesOfCall({ change }: ApiCall): readonly Rule[] {
  if (change.kind === 'modify') return change.rules.map((modified) => ({ ...modified, direction: 'ingress' as const }));
  return change.kind === 'authorize' || change.kind === 'revoke' ? change.rules : [];
}

function needs(missing: readonly Rule[], excess: readonly Rule[]): string {
  return sentence(
    excess.length > 0 && `${describeRules(excess)} must be revoked`,
    missing.length > 0 && `${describeRules(missing)} must be authorized`,
  );
}

function asLive(rule: Rule): LiveRule {
  return { ...rule, ruleId: '', tags: {} };
}

function rulesOf<R>(planned: readonly { readonly rule: R }[]): R[] {
  return planned.map(({ rule }) => rule);
}
