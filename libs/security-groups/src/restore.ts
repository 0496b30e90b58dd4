/** Brings a group to its baseline and verifies that it is there. */
import type { Baseline } from '@portcullis/baseline';
import type { Rule } from '@portcullis/permission-diff';
import { applyPlan, CONFLICTS, type Attempt } from './apply-plan.js';
import { isReadError, type ReadError, type SecurityGroupCallError } from './errors.js';
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
  /**
   * How many milliseconds are left to work. Once there are none, no call is made any more.
   *
   * @default without end
   */
  readonly timeLeft?: () => number;
  /**
   * How many rules may be revoked. Where the baseline asks for more, nothing is changed.
   *
   * @default any number
   */
  readonly maxRevocations?: number;
}

/** What came of it. Every kind but `done` says why there is no more to tell. */
export type Ending =
  /** Read to the end: `remaining` tells whether the group is at its baseline. */
  | { readonly kind: 'done' }
  /** The group turned out not to exist. */
  | { readonly kind: 'gone' }
  /** More than `maxRevocations` would have to be revoked, so nothing (more) was changed. */
  | { readonly kind: 'too-many'; readonly revocations: number }
  /** The time was up. `remaining` is what was still to do when the group was last read. */
  | { readonly kind: 'out-of-time' }
  /** It could not be read what the calls have led to. `remaining` is what was still to do before the last of them. */
  | { readonly kind: 'unverified'; readonly error: ReadError };

export interface Restoration {
  /** The live rules when first read. */
  readonly before: readonly LiveRule[];
  /** The live rules when last read. */
  readonly after: readonly LiveRule[];
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
  readonly ending: Ending;
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
  return new Restoring(securityGroups, options).run();
}

/** Returns what there is to tell of a group that was read and not changed. */
export function untouched(live: readonly LiveRule[], plan: Plan, ending: Ending = { kind: 'done' }): Restoration {
  const nothing = { authorized: [], revoked: [], failures: [], heldBack: [] };
  return { before: live, after: live, plan, remaining: plan, ...nothing, ending };
}

interface Seen {
  readonly live: readonly LiveRule[];
  readonly plan: Plan;
}

class Restoring {
  private readonly attempts: Attempt[] = [];

  constructor(
    private readonly securityGroups: SecurityGroups,
    private readonly options: RestoreOptions,
  ) {}

  async run(): Promise<Restoration> {
    const first = await this.look();
    if (isAtBaseline(first.plan) || this.options.baseline.mode === 'report') return untouched(first.live, first.plan);
    let last = first;
    try {
      while (this.attempts.length < MAX_ATTEMPTS) {
        if (this.isOver()) return this.outcome(first, last, 'out-of-time');
        const revocations = this.revocations() + last.plan.revoke.length;
        if (revocations > (this.options.maxRevocations ?? Infinity))
          return this.outcome(first, last, { kind: 'too-many', revocations });
        const attempt = await this.attempt(last.plan);
        if (attempt.failures.some(isGroupNotFound) && (await this.isGone())) return this.outcome(first, last, 'gone');
        const seen = await this.verify(attempt);
        if (seen === undefined) return this.outcome(first, last, 'out-of-time');
        last = seen;
        if (isAtBaseline(last.plan) || !this.isWorthAnother(attempt)) break;
      }
      // A group that was deleted after our calls has no rules either.
      if (!isAtBaseline(last.plan) && last.live.length === 0 && (await this.isGone()))
        return this.outcome(first, last, 'gone');
    } catch (error) {
      // Something may have been changed by now, so what was done must be told, and not only what went wrong.
      if (isReadError(error))
        return this.outcome(first, last, this.isOver() ? 'out-of-time' : { kind: 'unverified', error });
      throw error;
    }
    return this.outcome(first, last, 'done');
  }

  private async look(): Promise<Seen> {
    const { groupId, baseline, today } = this.options;
    const live = await this.securityGroups.readRules(groupId);
    return { live, plan: planFor(baseline, live, today) };
  }

  private async attempt(plan: Plan): Promise<Attempt> {
    const attempt = await applyPlan(this.securityGroups, this.options.groupId, plan, {
      // The second time, reading anew did not help.
      ruleByRule: this.attempts.length > 0,
      isOver: () => this.isOver(),
    });
    this.attempts.push(attempt);
    return attempt;
  }

  /** A group that a declared rule refers to stays gone, so that one more attempt, rule by rule, is all that can help. */
  private isWorthAnother({ failures }: Attempt): boolean {
    return failures.some(isConflict) || (this.attempts.length === 1 && failures.some(isGroupNotFound));
  }

  /**
   * Reads until the rules show the baseline. Where a call failed they will not, so one read tells what is left. Returns nothing when there
   * was no time for a read.
   */
  private async verify({ failures }: Attempt): Promise<Seen | undefined> {
    // Somebody who wrote at the same time, or a read that lags behind: the oftener, the longer the pause.
    const afterConflict = VERIFY_PAUSES[failures.some(isConflict) ? this.attempts.length - 1 : 0] ?? 0;
    let seen: Seen | undefined;
    for (const pause of failures.length === 0 ? VERIFY_PAUSES : [afterConflict]) {
      if (this.timeLeft() <= pause) break;
      if (pause > 0) await this.options.wait(pause);
      seen = await this.look();
      if (isAtBaseline(seen.plan)) break;
    }
    return seen;
  }

  /** `InvalidGroup.NotFound` may mean a group that a declared rule refers to, so the group itself is asked for. */
  private async isGone(): Promise<boolean> {
    return (await this.securityGroups.describeGroup(this.options.groupId)) === undefined;
  }

  private revocations(): number {
    return this.attempts.reduce((sum, { revoked }) => sum + revoked.length, 0);
  }

  private timeLeft(): number {
    return this.options.timeLeft?.() ?? Infinity;
  }

  private isOver(): boolean {
    return this.timeLeft() <= 0;
  }

  private outcome(first: Seen, last: Seen, ending: Ending | 'done' | 'gone' | 'out-of-time'): Restoration {
    const lastAttempt = isAtBaseline(last.plan) ? undefined : this.attempts.at(-1);
    return {
      before: first.live,
      after: last.live,
      plan: first.plan,
      authorized: this.attempts.flatMap(({ authorized }) => authorized),
      revoked: this.attempts.flatMap(({ revoked }) => revoked),
      remaining: last.plan,
      failures: lastAttempt?.failures ?? [],
      heldBack: lastAttempt?.heldBack ?? [],
      ending: typeof ending === 'string' ? { kind: ending } : ending,
    };
  }
}

function isConflict({ kind }: SecurityGroupCallError): boolean {
  return CONFLICTS.has(kind);
}

function isGroupNotFound({ kind }: SecurityGroupCallError): boolean {
  return kind === 'group-not-found';
}
