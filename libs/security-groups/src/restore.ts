/** Brings a group to its baseline and verifies that it is there. */
import type { Baseline } from '@portcullis/baseline';
import type { Rule } from '@portcullis/permission-diff';
import { applyPlan, type Attempt } from './apply-plan.js';
import { SecurityGroupCallError, UnreadableRuleError } from './errors.js';
import type { LiveRule } from './live-rule.js';
import { isAtBaseline, planFor, type Plan } from './plan.js';
import type { SecurityGroups } from './port.js';

export interface RestoreOptions {
  readonly groupId: string;
  readonly baseline: Baseline;
  /** The day it is, UTC, as `YYYY-MM-DD`. */
  readonly today: string;
  /** Resolves after so many milliseconds: the pause before a repeated read. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

export interface Restoration {
  /** The live rules when first read. */
  readonly before: readonly LiveRule[];
  /** What was planned at first. */
  readonly plan: Plan;
  /** What our calls added and removed, over all attempts. */
  readonly authorized: readonly Rule[];
  readonly revoked: readonly LiveRule[];
  /** What still differs: nothing, when the group was read to be at its baseline. */
  readonly remaining: Plan;
  /** The calls that failed in the last attempt; empty when the group is at its baseline. */
  readonly failures: readonly SecurityGroupCallError[];
  readonly heldBack: readonly LiveRule[];
  /** The group turned out not to exist. */
  readonly gone: boolean;
  /** Why it could not be read what the calls have led to; then `remaining` is what was still to do before the last of them. */
  readonly unverified?: SecurityGroupCallError | UnreadableRuleError;
}

/** How often a plan is made anew because somebody else wrote at the same time. */
const MAX_ATTEMPTS = 4;
/** Pauses before the reads that verify, in milliseconds: EC2's reads may lag behind its writes. */
const VERIFY_PAUSES = [0, 200, 400, 800, 1600];

/**
 * Reads the live rules, plans, applies, and reads again until they show the baseline. A baseline in `report` mode changes nothing. On a
 * conflict with another writer it reads and plans anew, a bounded number of times. Costs one read when nothing is to be done.
 *
 * @throws {SecurityGroupCallError | UnreadableRuleError} when the live rules cannot be read at first, and so nothing was changed.
 */
export async function restore(securityGroups: SecurityGroups, options: RestoreOptions): Promise<Restoration> {
  const { groupId, baseline, today, wait } = options;
  const planNow = async (): Promise<{ live: readonly LiveRule[]; plan: Plan }> => {
    const live = await securityGroups.readRules(groupId);
    return { live, plan: planFor(baseline, live, today) };
  };

  const { live: before, plan } = await planNow();
  let remaining = plan;
  const attempts: Attempt[] = [];
  const outcome = (ending: Pick<Restoration, 'gone' | 'unverified'> = { gone: false }): Restoration => ({
    before,
    plan,
    authorized: attempts.flatMap(({ authorized }) => authorized),
    revoked: attempts.flatMap(({ revoked }) => revoked),
    remaining,
    failures: isAtBaseline(remaining) ? [] : (attempts.at(-1)?.failures ?? []),
    heldBack: isAtBaseline(remaining) ? [] : (attempts.at(-1)?.heldBack ?? []),
    ...ending,
  });

  if (isAtBaseline(plan) || baseline.mode === 'report') return outcome();
  try {
    while (attempts.length < MAX_ATTEMPTS) {
      const attempt = await applyPlan(securityGroups, groupId, remaining);
      attempts.push(attempt);
      if (attempt.failures.some(isGroupNotFound) && (await isGone(securityGroups, groupId)))
        return outcome({ gone: true });
      remaining = await verify(attempt, planNow, wait);
      if (isAtBaseline(remaining) || !attempt.failures.some(isConflict)) break;
    }
  } catch (error) {
    // Something may have been changed by now, so what was done must be told, and not only what went wrong.
    if (error instanceof SecurityGroupCallError || error instanceof UnreadableRuleError)
      return outcome({ gone: false, unverified: error });
    throw error;
  }
  return outcome();
}

/** Reads until the rules show the baseline. Where a call failed they will not, so one read tells what is left. */
async function verify(
  attempt: Attempt,
  planNow: () => Promise<{ plan: Plan }>,
  wait: (milliseconds: number) => Promise<void>,
): Promise<Plan> {
  const pauses = attempt.failures.length === 0 ? VERIFY_PAUSES : VERIFY_PAUSES.slice(0, 1);
  let plan: Plan | undefined;
  for (const pause of pauses) {
    if (pause > 0) await wait(pause);
    ({ plan } = await planNow());
    if (isAtBaseline(plan)) break;
  }
  if (plan === undefined) throw new Error('there is no pause, so nothing was verified');
  return plan;
}

function isConflict(failure: SecurityGroupCallError): boolean {
  return failure.kind === 'duplicate' || failure.kind === 'rule-not-found';
}

function isGroupNotFound(failure: SecurityGroupCallError): boolean {
  return failure.kind === 'group-not-found';
}

/** `InvalidGroup.NotFound` may mean a group that a declared rule refers to, so the group itself is asked for. */
async function isGone(securityGroups: SecurityGroups, groupId: string): Promise<boolean> {
  return (await securityGroups.describeGroup(groupId)) === undefined;
}
