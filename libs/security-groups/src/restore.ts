/** Brings a group to its baseline and verifies that it is there. */
import type { Baseline } from '@portcullis/baseline';
import { diffRules, ruleKey, rulesOverlap } from '@portcullis/permission-diff';
import { applyPlan, changeOf, CONFLICTS, type Attempt, type Change } from './apply-plan.js';
import { isReadError, type ReadError, type SecurityGroupCallError } from './errors.js';
import type { LiveRule } from './live-rule.js';
import { isAtBaseline, planFor, type Plan } from './plan.js';
import { worldOpening } from './world-opening.js';
import type { SecurityGroups } from './port.js';
import { listReader, listsIn, type ListContents, type ListReader } from './prefix-lists.js';

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
   * How many rules may be revoked. If the baseline asks for more, only those are revoked that let the world reach a sensitive service. They
   * are revoked whatever the limit, and never count.
   *
   * @default any number
   */
  readonly maxRevocations?: number;
  /**
   * Reads the prefix lists that the rules to revoke refer to, before the plan is carried out.
   *
   * @default reads each list once
   */
  readonly readLists?: ListReader;
  /**
   * Reports whether something else says that a group with these live rules, which are at the baseline, is not there. They are then read
   * once more, after a pause, before they are believed: EC2's reads may lag behind.
   *
   * @default never
   * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
   */
  readonly isDoubtful?: (live: readonly LiveRule[]) => boolean;
  /**
   * Reports whether the plan may be carried out. If not, the group is left as it is by then, and `isContested` says so.
   *
   * @default always
   */
  readonly mayCarryOut?: (plan: Plan) => boolean;
}

/** What came of it. Every kind but `done` says why there is no more to tell. */
export type Ending =
  /** Read to the end: `remaining` tells whether the group is at its baseline. */
  | { readonly kind: 'done' }
  /** The group turned out not to exist. */
  | { readonly kind: 'gone' }
  /** More than `maxRevocations` would have to be revoked, so nothing (more) was changed but what no limit keeps open. */
  | { readonly kind: 'too-many'; readonly revocations: number }
  /** The time was up. `remaining` is what was still to do when the group was last read. */
  | { readonly kind: 'out-of-time' }
  /** It could not be read what the calls have led to. `remaining` is what was still to do before the last of them. */
  | { readonly kind: 'unverified'; readonly error: ReadError };

/** `authorized` and `revoked` are what our calls added and removed, over all attempts. */
export interface Restoration extends Change {
  /** The live rules when first read. */
  readonly before: readonly LiveRule[];
  /** The live rules when last read. */
  readonly after: readonly LiveRule[];
  /** What was planned at first. */
  readonly plan: Plan;
  /** What the prefix lists hold that the rules to revoke refer to. */
  readonly lists: ListContents;
  /** What our calls may have changed besides: their answers were lost, and no read has shown it. */
  readonly unanswered: Change;
  /** What still differs: nothing, when the group was read to be at its baseline. */
  readonly remaining: Plan;
  /** The calls that failed in the last attempt; empty when the group is at its baseline. */
  readonly failures: readonly SecurityGroupCallError[];
  readonly heldBack: readonly LiveRule[];
  /** Somebody else changed the group: after the last attempt was planned, or so that the plan may not be carried out. */
  readonly isContested: boolean;
  readonly ending: Ending;
}

/** How often a plan is made anew because somebody else wrote at the same time. */
const MAX_ATTEMPTS = 4;
/** Pauses before the reads that verify, in milliseconds: EC2's reads may lag behind its writes. */
const VERIFY_PAUSES = [0, 200, 400, 800, 1600];
/** The pause before a doubtful read is repeated, in milliseconds. */
const DOUBT_PAUSE = 1000;

/**
 * Reads the live rules, plans, applies, and reads again until they show the baseline. A baseline in `report` mode changes nothing. When
 * another writer changes the group meanwhile, it plans anew, a bounded number of times. Costs one read when nothing is to be done.
 *
 * @throws {SecurityGroupCallError | UnreadableRuleError} when the live rules cannot be read at first, and so nothing was changed.
 */
export async function restore(securityGroups: SecurityGroups, options: RestoreOptions): Promise<Restoration> {
  return new Restoring(securityGroups, options).run();
}

/** Returns what there is to tell of a group that was read and not changed. */
export function untouched(live: readonly LiveRule[], plan: Plan, lists: ListContents, ending: Ending = { kind: 'done' }): Restoration {
  const unanswered = changeOf([]);
  const nothing = { ...unanswered, unanswered, failures: [], heldBack: [], isContested: false };
  return { before: live, after: live, plan, lists, remaining: plan, ...nothing, ending };
}

interface Seen {
  readonly live: readonly LiveRule[];
  readonly plan: Plan;
  /** What another attempt could do. A read that lags behind still shows what ours have removed: nobody may count on that, or name it. */
  readonly next: Plan;
}

interface Planned extends Attempt {
  /** What it was to carry out. */
  readonly plan: Plan;
}

class Restoring {
  private readonly attempts: Planned[] = [];
  private readonly readLists: ListReader;
  private readonly listIds = new Set<string>();
  private lists: ListContents = { addresses: new Map(), unread: {} };

  constructor(
    private readonly securityGroups: SecurityGroups,
    private readonly options: RestoreOptions,
  ) {
    this.readLists = options.readLists ?? listReader(securityGroups);
  }

  async run(): Promise<Restoration> {
    const first = await this.lookTwiceIfDoubtful();
    if (await this.isGone(first)) return untouched(first.live, first.plan, this.lists, { kind: 'gone' });
    if (isAtBaseline(first.plan) || this.options.baseline.mode === 'report') return untouched(first.live, first.plan, this.lists);
    let last = first;
    try {
      while (this.attempts.length < MAX_ATTEMPTS) {
        if (this.isOver()) return this.outcome(first, last, 'out-of-time');
        const { plan } = this.allowed(last.next);
        if (isAtBaseline(plan) || !this.mayCarryOut(plan)) break;
        const attempt = await this.attempt(plan);
        if (attempt.failures.some(isGroupNotFound) && !(await this.exists())) return this.outcome(first, last, 'gone');
        const seen = await this.verify(attempt);
        if (seen === undefined) return this.outcome(first, last, 'out-of-time');
        last = seen;
        if (await this.isGone(last)) return this.outcome(first, last, 'gone');
        if (!this.isWorthAnother(attempt, last.next)) break;
      }
    } catch (error) {
      // Something may have been changed by now, so what was done must be told, and not only what went wrong.
      if (isReadError(error)) return this.outcome(first, last, this.isOver() ? 'out-of-time' : { kind: 'unverified', error });
      throw error;
    }
    // A limit that leaves nothing undone is no reason to call the group not restored.
    const tooMany = isAtBaseline(last.next) ? undefined : this.allowed(last.next).tooMany;
    return this.outcome(first, last, tooMany ?? 'done');
  }

  private async lookTwiceIfDoubtful(): Promise<Seen> {
    const seen = await this.look();
    if (!isAtBaseline(seen.plan) || this.options.isDoubtful?.(seen.live) !== true) return seen;
    await this.options.wait(Math.max(0, Math.min(DOUBT_PAUSE, this.timeLeft())));
    return this.look();
  }

  private async look(): Promise<Seen> {
    const { groupId, baseline, today } = this.options;
    const live = await this.securityGroups.readRules(groupId);
    const plan = planFor(baseline, live, today);
    await this.lookIntoLists(plan);
    const removed = changeOf(this.attempts.flatMap((attempt) => [attempt, attempt.unanswered])).revoked;
    const left = live.filter((rule) => !removed.some((other) => isSame(other, rule)));
    return { live, plan, next: left.length === live.length ? plan : planFor(baseline, left, today) };
  }

  /** Those of earlier plans stay known: the rules that were revoked are judged by them. */
  private async lookIntoLists({ revoke }: Plan): Promise<void> {
    for (const id of listsIn(revoke.map(({ rule }) => rule))) this.listIds.add(id);
    this.lists = await this.readLists([...this.listIds]);
  }

  /** Returns what of the plan may be carried out: all of it, or what no limit keeps open and the declared traffic that it carries. */
  private allowed(plan: Plan): { readonly plan: Plan; readonly tooMany?: Ending } {
    const { maxRevocations = Infinity } = this.options;
    if (maxRevocations === Infinity) return { plan };
    const toRevoke = plan.revoke.map(({ rule }) => rule);
    const urgent = worldOpening(toRevoke, this.lists);
    const { revoked } = changeOf(this.attempts);
    const revocations = revoked.length - worldOpening(revoked, this.lists).length + toRevoke.length - urgent.length;
    if (revocations <= maxRevocations) return { plan };
    return {
      plan: {
        ...plan,
        authorize: plan.authorize.filter(({ rule }) => urgent.some((other) => rulesOverlap(other, rule))),
        revoke: plan.revoke.filter(({ rule }) => urgent.includes(rule)),
        tolerated: [...plan.tolerated, ...plan.revoke.filter(({ rule }) => !urgent.includes(rule))],
      },
      tooMany: { kind: 'too-many', revocations },
    };
  }

  private async attempt(plan: Plan): Promise<Planned> {
    const attempt = await applyPlan(this.securityGroups, this.options.groupId, plan, {
      // The second time, reading anew did not help.
      ruleByRule: this.attempts.length > 0,
      isOver: () => this.isOver(),
    });
    const planned = { ...attempt, plan };
    this.attempts.push(planned);
    return planned;
  }

  /** Reports whether planning anew may help: what is left is not what the attempt wanted, or was refused for what has changed by now. */
  private isWorthAnother(attempt: Planned, left: Plan): boolean {
    const { failures } = attempt;
    const { plan } = this.allowed(left);
    if (isAtBaseline(plan)) return false;
    // A group that a declared rule refers to stays gone, so that one more attempt, rule by rule, is all that can help.
    if (failures.some(isConflict) || (this.attempts.length === 1 && failures.some(isGroupNotFound))) return true;
    return !isWithin(plan, attempt.plan) || (failures.length === 0 && sizeOf(plan) < sizeOf(attempt.plan));
  }

  /**
   * Reads until the rules show what the attempt wanted, or something that it did not plan: that is another writer, and no read that lags
   * behind. If a call failed they will not show it, so one read tells what is left. Returns nothing when there was no time for a read.
   */
  private async verify({ failures, plan: wanted }: Planned): Promise<Seen | undefined> {
    // After another writer, or a read that lags behind, the first pause is longer each time: two owners must not fight at machine speed.
    const pauses = VERIFY_PAUSES.slice(this.attempts.length - 1);
    let seen: Seen | undefined;
    for (const pause of failures.length === 0 ? pauses : failures.some(isConflict) ? pauses.slice(0, 1) : [0]) {
      if (this.timeLeft() <= pause) break;
      if (pause > 0) await this.options.wait(pause);
      seen = await this.look();
      const { plan: next, tooMany } = this.allowed(seen.next);
      const isAsWanted = tooMany === undefined ? isAtBaseline(seen.plan) : !this.isOpening(seen.plan);
      if (isAsWanted || !isWithin(next, wanted)) break;
    }
    return seen;
  }

  /**
   * Reports whether the group does not exist. EC2 answers a search for the rules of an unknown group with an empty list, so without rules
   * the group itself is asked for.
   */
  private async isGone({ live }: Seen): Promise<boolean> {
    return live.length === 0 && !(await this.exists());
  }

  /** `InvalidGroup.NotFound` may mean a group that a declared rule refers to, so the group itself is asked for. */
  private async exists(): Promise<boolean> {
    return (await this.securityGroups.describeGroup(this.options.groupId)) !== undefined;
  }

  private isOpening({ revoke }: Plan): boolean {
    const toRevoke = revoke.map(({ rule }) => rule);
    return worldOpening(toRevoke, this.lists).length > 0;
  }

  private mayCarryOut(plan: Plan): boolean {
    return this.options.mayCarryOut?.(plan) ?? true;
  }

  private timeLeft(): number {
    return this.options.timeLeft?.() ?? Infinity;
  }

  private isOver(): boolean {
    return this.timeLeft() <= 0;
  }

  private outcome(first: Seen, last: Seen, ending: Ending | 'done' | 'gone' | 'out-of-time'): Restoration {
    const lastAttempt = isAtBaseline(last.plan) ? undefined : this.attempts.at(-1);
    const { plan: next } = this.allowed(last.next);
    const { shown, unanswered } = this.lostAnswers(last.live);
    return {
      before: first.live,
      after: last.live,
      plan: first.plan,
      lists: this.lists,
      ...changeOf([...this.attempts, shown]),
      unanswered,
      remaining: last.plan,
      failures: lastAttempt?.failures ?? [],
      heldBack: lastAttempt?.heldBack ?? [],
      isContested: lastAttempt === undefined ? !this.mayCarryOut(last.plan) : !isWithin(next, lastAttempt.plan),
      ending: typeof ending === 'string' ? { kind: ending } : ending,
    };
  }

  /** Returns what the calls whose answers were lost have done, as far as the rules show it, and the rest of what they wanted. */
  private lostAnswers(live: readonly LiveRule[]): { readonly shown: Change; readonly unanswered: Change } {
    const certain = changeOf(this.attempts);
    const asked = changeOf(this.attempts.map(({ unanswered }) => unanswered));
    // The same may have been asked for in several attempts.
    const added = diffRules(asked.authorized, certain.authorized).missing;
    const missing = diffRules(added, live).missing;
    const removed = new Map(asked.revoked.map((rule) => [rule.ruleId, rule]));
    for (const { ruleId } of certain.revoked) removed.delete(ruleId);
    const isThere = (rule: LiveRule): boolean => live.some((other) => isSame(other, rule));
    return {
      shown: {
        authorized: added.filter((rule) => !missing.includes(rule)),
        revoked: [...removed.values()].filter((rule) => !isThere(rule)),
      },
      unanswered: { authorized: missing, revoked: [...removed.values()].filter(isThere) },
    };
  }
}

/** A rule that was modified keeps its id, and is another rule. */
function isSame(a: LiveRule, b: LiveRule): boolean {
  return a.ruleId === b.ruleId && ruleKey(a) === ruleKey(b);
}

/** Reports whether all of the plan is part of the other. */
function isWithin(plan: Plan, other: Plan): boolean {
  const keysOf = ({ authorize, revoke }: Plan): string[] => [
    ...authorize.map(({ rule }) => ruleKey(rule)),
    ...revoke.map(({ rule }) => `${rule.ruleId} ${ruleKey(rule)}`),
  ];
  const wanted = new Set(keysOf(other));
  return keysOf(plan).every((key) => wanted.has(key));
}

function sizeOf({ authorize, revoke }: Plan): number {
  return authorize.length + revoke.length;
}

function isConflict({ kind }: SecurityGroupCallError): boolean {
  return CONFLICTS.has(kind);
}

function isGroupNotFound({ kind }: SecurityGroupCallError): boolean {
  return kind === 'group-not-found';
}
