/** What is to be told of one call and one guarded group: pure, from the record and the live rules. */
import type { Baseline } from '@portcullis/baseline';
import type { ApiCall } from '@portcullis/cloudtrail';
import {
  describeRules,
  driftOf,
  sentence,
  SEVERITIES,
  severityOfDrift,
  type Drift,
  type FindingKind,
  type Severity,
} from '@portcullis/finding';
import { compareRuleAccess, ruleKey, type Rule } from '@portcullis/permission-diff';
import { isAtBaseline, planFor, type LiveRule, type Plan } from '@portcullis/security-groups';
import type { Reach } from './prefix-lists.js';

export interface Verdict extends Drift {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly summary: string;
  /** Null where it is not known. */
  readonly atBaseline: boolean | null;
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

/** Judges a call that was refused or a dry run: nothing changed. */
export function attempted({ call }: Pick<Circumstances, 'call'>): Verdict {
  const tried = `${call.eventName} was ${call.outcome === 'dry-run' ? 'tried as a dry run' : `refused with ${String(call.errorCode)}`}`;
  const rules = rulesOfCall(call);
  return {
    kind: 'attempt',
    severity: call.outcome === 'dry-run' ? 'info' : 'low',
    summary: sentence(tried, rules.length > 0 && `it named ${describeRules(rules)}`),
    atBaseline: null,
    ...driftOf([], []),
    basis: 'event',
  };
}

/**
 * Judges a call after which the group does not exist.
 *
 * @param unread why only the record tells that; absent where EC2 told it.
 */
export function gone({ call, baseline }: Circumstances, unread?: string): Verdict {
  return {
    kind: 'drift',
    severity: 'medium',
    summary: sentence(
      `the group guarded by ${baseline.name} does not exist after ${call.eventName}`,
      unread !== undefined && byRecordAlone(unread),
    ),
    atBaseline: false,
    ...driftOf([], []),
    basis: unread === undefined ? 'live' : 'event',
  };
}

/** Nothing can be said of the group. */
export function undetermined(summary: string, severity: Severity = 'high'): Verdict {
  return { kind: 'undetermined', severity, summary, atBaseline: null, ...driftOf([], []), basis: 'event' };
}

/**
 * Judges by the live rules: what must be done now to be at the baseline, whatever the call itself did.
 *
 * @param reach what the call has let in through a prefix list, if it changed one.
 */
export function judgeLive(circumstances: Circumstances, live: readonly LiveRule[], reach?: Reach): Verdict {
  const { baseline, call, byRemediator, today } = circumstances;
  const plan = planFor(baseline, live, today);
  const missing = rulesOf(plan.authorize);
  const excess = rulesOf(plan.revoke);
  const judged = { atBaseline: isAtBaseline(plan), ...driftOf(missing, excess), basis: 'live' } as const;
  if (byRemediator && movesTowards(circumstances, live, plan)) {
    const rest = judged.atBaseline ? 'the group is at its baseline' : needs(missing, excess);
    return {
      ...judged,
      kind: 'restoration',
      severity: 'info',
      summary: sentence(`the remediator's ${call.eventName}`, rest),
    };
  }
  const verdict: Verdict = judged.atBaseline
    ? { ...judged, ...nothingToDo(circumstances, plan, live) }
    : { ...judged, kind: 'drift', severity: severityOfDrift(excess, missing), summary: needs(missing, excess) };
  return reach === undefined ? verdict : withReach(verdict, reach, circumstances, plan);
}

/** The group is at its baseline: what is there besides, and what was done and is no more. */
function nothingToDo(
  { baseline, call, today }: Circumstances,
  plan: Plan,
  live: readonly LiveRule[],
): Pick<Verdict, 'kind' | 'severity' | 'summary'> {
  const tolerated = rulesOf(plan.tolerated);
  const { missing, excess } = effectOf(baseline, call, today);
  // What the live rules no longer show was done all the same, and may have been used.
  const undone = [...missing, ...excess].length > 0 && !excess.some((rule) => hasRule(live, rule));
  const summary = sentence(
    `the group is at its baseline after ${call.eventName}${call.outcome === 'unknown' ? `, which EC2 failed with ${String(call.errorCode)}` : ''}`,
    undone && excess.length > 0 && `gone again: ${describeRules(excess)}`,
    undone && missing.length > 0 && `back again: ${describeRules(missing)}`,
    tolerated.length > 0 && `left alone: ${describeRules(tolerated)}`,
  );
  return { kind: 'change', severity: undone ? 'low' : 'info', summary };
}

/** Adds what came to be let in, or no longer is, though no rule has changed. */
function withReach(verdict: Verdict, reach: Reach, { baseline }: Circumstances, plan: Plan): Verdict {
  const { gained, lost, prefixListIds, reason } = reach;
  const lists = prefixListIds.join(', ');
  const ignored = baseline.ignore.some((clause) => 'prefixList' in clause && prefixListIds.includes(clause.prefixList));
  const severity = ignored ? 'info' : reason === null ? severityOfDrift(gained, lost) : 'high';
  return {
    ...verdict,
    severity: worst(verdict.severity, severity),
    summary: sentence(
      verdict.summary,
      gained.length > 0 && `by ${lists} is let in ${describeRules(gained)}`,
      lost.length > 0 && `by ${lists} is no longer let in ${describeRules(lost)}`,
      reason !== null && `what ${lists} lets in now could not be read: ${reason}`,
    ),
    access: driftOf([...rulesOf(plan.authorize), ...lost], [...rulesOf(plan.revoke), ...gained]).access,
  };
}

/** The call took the group out of its baseline by its tags, or may have: nobody restores it from now on. */
export function judgeLeft(circumstances: Circumstances, live: readonly LiveRule[], certain: boolean): Verdict {
  const { baseline, call, today } = circumstances;
  const plan = planFor(baseline, live, today);
  const [missing, excess] = [rulesOf(plan.authorize), rulesOf(plan.revoke)];
  const atBaseline = isAtBaseline(plan);
  const guardedNoMore = sentence('it is no longer guarded', needs(missing, excess));
  const judged = { atBaseline, ...driftOf(missing, excess), basis: 'live' } as const;
  // A group that has just the declared rules was hardly any other.
  if (!certain && !atBaseline) {
    return {
      ...undetermined(`if ${call.eventName} took the group out of ${baseline.name}, it is no longer guarded`, 'low'),
      basis: 'live',
    };
  }
  return {
    ...judged,
    kind: atBaseline ? 'change' : 'drift',
    severity: worst('high', severityOfDrift(excess, missing)),
    summary: `${call.eventName} took the group out of ${baseline.name}: ${guardedNoMore}`,
  };
}

/** Judges by the record alone, since the live rules could not be read for the reason given. */
export function judgeRecord(circumstances: Circumstances, reason: string): Verdict {
  const { baseline, call, today } = circumstances;
  const rules = rulesOfCall(call);
  const why = `the live rules could not be read (${reason})`;
  const isSure = call.outcome === 'succeeded' && call.unreadable.length === 0;
  if (call.change.kind === 'delete' && isSure) return gone(circumstances, why);
  if (call.change.kind === 'descriptions' && call.unreadable.length === 0) {
    return {
      ...undetermined(sentence(`${call.eventName} changed descriptions alone`, why), 'info'),
      kind: 'change',
    };
  }
  const incomplete = !isSure || (call.change.kind === 'revoke' && call.change.undescribedRuleIds.length > 0);
  if (rules.length === 0 || incomplete) {
    return undetermined(`${why} and the record of ${call.eventName} does not tell what it did`);
  }
  const { missing, excess } = effectOf(baseline, call, today);
  const atBaseline = missing.length + excess.length === 0;
  return {
    kind: atBaseline ? 'change' : 'drift',
    severity: severityOfDrift(excess, missing),
    summary: sentence(
      atBaseline ? `${call.eventName} is within the baseline` : needs(missing, excess),
      byRecordAlone(why),
    ),
    // What else there is in the group is not known.
    atBaseline: atBaseline ? null : false,
    ...driftOf(missing, excess),
    basis: 'event',
  };
}

function byRecordAlone(why: string): string {
  return `judged by the event alone, since ${why}`;
}

/**
 * Returns what the record tells the call did against the baseline: declared rules that it took away, and undeclared ones that it added.
 * Against a group that holds just the rules of the call, the plan tells which of them are declared and which are not.
 */
function effectOf(
  baseline: Baseline,
  call: ApiCall,
  today: string,
): { readonly missing: readonly Rule[]; readonly excess: readonly Rule[] } {
  // The record does not tell whether the call took effect.
  if (call.outcome === 'unknown') return { missing: [], excess: [] };
  const rules = rulesOfCall(call);
  const plan = planFor(baseline, rules.map(asLive), today);
  if (call.change.kind !== 'revoke') return { missing: [], excess: rulesOf(plan.revoke) };
  const stillMissing = new Set(rulesOf(plan.authorize).map(ruleKey));
  const declared = rulesOf(planFor(baseline, [], today).authorize);
  return { missing: declared.filter((rule) => !stillMissing.has(ruleKey(rule))), excess: [] };
}

/**
 * Reports whether the call can only have brought the group closer to its baseline: what it added is declared, what it revoked is not, and
 * with the revoked rules in place again no more of the declared traffic would be let in.
 */
function movesTowards(
  { baseline, call, today }: Circumstances,
  live: readonly LiveRule[],
  { authorize, declared }: Plan,
): boolean {
  const { change } = call;
  const rules = rulesOfCall(call);
  // A group that holds just these rules: `kept` are those that the baseline declares, in its way to compare.
  const named = planFor(baseline, rules.map(asLive), today);
  // What could not be read may be what moved the group away.
  if (call.unreadable.length > 0) return false;
  const areDeclared = named.kept.length > 0 && named.revoke.length + named.tolerated.length === 0;
  if (change.kind === 'authorize') return areDeclared;
  // The record does not tell what the rules were before. Had one been declared, it would be missing now.
  if (change.kind === 'modify') return areDeclared && authorize.length === 0;
  if (change.kind !== 'revoke') return false;
  const { undescribedRuleIds, direction } = change;
  if (rules.length + undescribedRuleIds.length === 0 || named.kept.length + named.tolerated.length > 0) return false;
  // What was removed by id alone is not known; then the call is excused only while nothing declared is missing.
  if (undescribedRuleIds.length > 0 && authorize.length > 0) return false;
  const isLooked = (rule: Rule): boolean => rule.direction === direction;
  const missingWith = (others: readonly Rule[]): string =>
    JSON.stringify(compareRuleAccess(declared.filter(isLooked), [...live.filter(isLooked), ...others]).missing);
  return missingWith(rules) === missingWith([]);
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

/** Of two, the worse. */
function worst(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b) ? a : b;
}

function hasRule(live: readonly LiveRule[], rule: Rule): boolean {
  const key = ruleKey(rule);
  return live.some((each) => ruleKey(each) === key);
}

function asLive(rule: Rule): LiveRule {
  return { ...rule, ruleId: '', tags: {} };
}

function rulesOf<R>(planned: readonly { readonly rule: R }[]): R[] {
  return planned.map(({ rule }) => rule);
}
