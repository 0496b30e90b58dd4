/** Makes a group match its baseline and obey its limits, and verifies the result. */
import type { Declaration } from '@portcullis/baseline';
import { diffRules, ruleKey, rulesOverlap } from '@portcullis/permission-diff';
import { applyPlan, combineAttemptChanges, CONFLICTS, type Attempt, type RuleChanges } from './apply-plan.js';
import { isReadError, type ReadError, type SecurityGroupCallError } from '../ec2/errors.js';
import { prefixListsToPlan } from '../plan/limits.js';
import { enforcedPartOfPlan, isAtBaseline, rulesOfPlannedChanges, planRuleChanges, type Plan } from '../plan/plan-rule-changes.js';
import type { LiveRule, SecurityGroups } from '../ec2/port.js';
import {
  prefixListReader,
  prefixListsInIngress,
  worldOpeningRules,
  type PrefixListContents,
  type PrefixListReader,
} from '../plan/prefix-lists.js';

export interface RestoreOptions {
  readonly groupId: string;
  readonly declaration: Declaration;
  /** The current day in UTC, as `YYYY-MM-DD`. */
  readonly today: string;
  /** The id of the account that owns the group. A limit with `groups: ownAccount` allows the groups of this account as sources. */
  readonly accountId?: string;
  /** Resolves after the given number of milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /**
   * Returns the number of milliseconds until the deadline. After the deadline, no call starts.
   *
   * @default no deadline
   */
  readonly timeLeft?: () => number;
  /**
   * The maximum number of revocations. Rules that open a sensitive service to the world (`worldOpeningRules`) are not counted. If the plan
   * exceeds the maximum, the restoration revokes only rules that open a sensitive service to the world.
   *
   * @default no maximum
   */
  readonly maxRevocations?: number;
  /**
   * Reads prefix lists before the first change.
   *
   * @default a reader that reads each list once
   */
  readonly readLists?: PrefixListReader;
  /**
   * Called if the first read shows the group at its baseline. Returns true if other evidence contradicts the read. If so, the rules are
   * read once more after a pause, because EC2's reads can lag behind its writes. `planOf` returns the plan for a group with the given
   * rules.
   *
   * @default never
   * @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
   */
  readonly isDoubtful?: (live: readonly LiveRule[], planOf: (rules: readonly LiveRule[]) => Plan) => boolean;
  /**
   * Returns whether to apply the plan. The plan contains only changes in mode `enforce`. If `mayApply` returns false, the restoration ends,
   * and `isContested` is true.
   *
   * @default every plan is applied
   */
  readonly mayApply?: (plan: Plan) => boolean;
}

/** How a restoration ended. */
export type Ending =
  /** The group is at its baseline (then `remaining` is empty), or another attempt would not help. */
  | { readonly kind: 'done' }
  /** The group does not exist. */
  | { readonly kind: 'gone' }
  /** The plan exceeded `maxRevocations`. Only rules that open a sensitive service to the world were revoked. */
  | { readonly kind: 'too-many'; readonly revocations: number }
  /** The deadline passed. `remaining` is based on the last read. */
  | { readonly kind: 'out-of-time' }
  /** The verifying read failed. `remaining` is based on the read before the last calls. */
  | { readonly kind: 'unverified'; readonly error: ReadError };

/** The result of a restoration. `authorized` and `revoked` contain the rules that all attempts together added and removed. */
export interface Restoration extends RuleChanges {
  /** The live rules that the first read returned. */
  readonly before: readonly LiveRule[];
  /** The live rules that the last read returned. */
  readonly after: readonly LiveRule[];
  /** The first plan. */
  readonly plan: Plan;
  /** The contents of the prefix lists that were read. */
  readonly lists: PrefixListContents;
  /** Changes whose calls got no response, and that the last read does not show. */
  readonly unanswered: RuleChanges;
  /** The plan for the rules that the last read returned, including changes that are only reported. */
  readonly remaining: Plan;
  /** The failed calls of the last attempt. Empty if the group is at its baseline. */
  readonly failures: readonly SecurityGroupCallError[];
  readonly heldBack: readonly LiveRule[];
  /** Whether another writer changed the group during the last attempt, or `mayApply` returned false. */
  readonly isContested: boolean;
  readonly ending: Ending;
}

/**
 * The maximum number of attempts to plan and apply. A second attempt can help if another writer changed the group during the first attempt.
 */
const MAX_ATTEMPTS = 4;
/** The pauses before the reads that verify the changes. EC2's reads can lag behind its writes. */
const VERIFY_PAUSES_MILLISECONDS = [0, 200, 400, 800, 1600];
/** The pause before the second read if `isDoubtful` returned true. */
const DOUBT_PAUSE_MILLISECONDS = 1000;

/**
 * Reads the live rules, plans, applies the changes in mode `enforce`, and reads again until the rules show these changes. If another writer
 * changes the group meanwhile, plans again, in at most four attempts. If the group is at its baseline, makes only one read.
 *
 * @throws {SecurityGroupCallError | UnreadableRuleError} if the first read fails, before any change.
 */
export async function restoreSecurityGroup(securityGroups: SecurityGroups, options: RestoreOptions): Promise<Restoration> {
  return new Restorer(securityGroups, options).run();
}

/** Returns the result for a group that was read and not changed. */
export function untouchedRestoration(
  live: readonly LiveRule[],
  plan: Plan,
  lists: PrefixListContents,
  ending: Ending = { kind: 'done' },
): Restoration {
  const unanswered = combineAttemptChanges([]);
  const nothing = { ...unanswered, unanswered, failures: [], heldBack: [], isContested: false };
  return { before: live, after: live, plan, lists, remaining: plan, ...nothing, ending };
}

interface Observation {
  readonly live: readonly LiveRule[];
  readonly plan: Plan;
  /** The plan with only its changes in mode `enforce`. */
  readonly todo: Plan;
  /** `todo` without the rules that earlier attempts revoked, because a lagging read can still show these rules. */
  readonly next: Plan;
}

interface PlannedAttempt extends Attempt {
  /** The plan that was applied. */
  readonly plan: Plan;
}

class Restorer {
  private readonly attempts: PlannedAttempt[] = [];
  private readonly readLists: PrefixListReader;
  private readonly listIds = new Set<string>();
  private lists: PrefixListContents = { addresses: new Map(), unread: {} };

  constructor(
    private readonly securityGroups: SecurityGroups,
    private readonly options: RestoreOptions,
  ) {
    this.readLists = options.readLists ?? prefixListReader(securityGroups);
  }

  async run(): Promise<Restoration> {
    const first = await this.observeTwiceIfDoubtful();
    if (await this.isGone(first)) return untouchedRestoration(first.live, first.plan, this.lists, { kind: 'gone' });
    if (isAtBaseline(first.todo)) return untouchedRestoration(first.live, first.plan, this.lists);
    let last = first;
    try {
      while (this.attempts.length < MAX_ATTEMPTS) {
        if (this.isOver()) return this.outcome(first, last, 'out-of-time');
        const { plan } = this.allowed(last.next);
        if (isAtBaseline(plan) || !this.mayApply(plan)) break;
        const attempt = await this.attempt(plan);
        if (attempt.failures.some(isGroupNotFoundError) && !(await this.exists())) return this.outcome(first, last, 'gone');
        const seen = await this.verify(attempt);
        if (seen === undefined) return this.outcome(first, last, 'out-of-time');
        last = seen;
        if (await this.isGone(last)) return this.outcome(first, last, 'gone');
        if (!this.isWorthAnother(attempt, last.next)) break;
      }
    } catch (error) {
      // Earlier calls may have changed the group, so the result contains these changes as well as the error.
      if (isReadError(error)) return this.outcome(first, last, this.isOver() ? 'out-of-time' : { kind: 'unverified', error });
      throw error;
    }
    // If the group is at its baseline, `maxRevocations` did not prevent a revocation.
    const tooMany = isAtBaseline(last.next) ? undefined : this.allowed(last.next).tooMany;
    return this.outcome(first, last, tooMany ?? 'done');
  }

  private async observeTwiceIfDoubtful(): Promise<Observation> {
    const seen = await this.observe();
    const planOf = (rules: readonly LiveRule[]): Plan => this.planOf(rules);
    if (!isAtBaseline(seen.plan) || this.options.isDoubtful?.(seen.live, planOf) !== true) return seen;
    await this.options.wait(Math.max(0, Math.min(DOUBT_PAUSE_MILLISECONDS, this.timeLeft())));
    return this.observe();
  }

  private async observe(): Promise<Observation> {
    const { groupId, declaration } = this.options;
    const live = await this.securityGroups.readRules(groupId);
    await this.addLists(prefixListsToPlan(declaration, live));
    const plan = this.planOf(live);
    await this.addLists(prefixListsInIngress(rulesOfPlannedChanges(plan.revoke)));
    const removed = combineAttemptChanges(this.attempts.flatMap((attempt) => [attempt, attempt.unanswered])).revoked;
    const left = live.filter((rule) => !removed.some((other) => isSameLiveRule(other, rule)));
    const todo = enforcedPartOfPlan(plan, declaration);
    return { live, plan, todo, next: left.length === live.length ? todo : enforcedPartOfPlan(this.planOf(left), declaration) };
  }

  private planOf(live: readonly LiveRule[]): Plan {
    const { declaration, today, accountId } = this.options;
    return planRuleChanges(declaration, live, { today, accountId, addresses: this.lists.addresses });
  }

  /**
   * Adds the contents of these prefix lists to `lists`. Keeps the lists of earlier plans, because the severity of revoked rules depends on
   * these lists.
   */
  private async addLists(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.listIds.add(id);
    this.lists = await this.readLists([...this.listIds]);
  }

  /**
   * Returns the plan if it does not exceed `maxRevocations`. Otherwise, returns a plan that revokes only rules that open a sensitive
   * service to the world, and authorizes only declared rules that overlap these rules.
   */
  private allowed(plan: Plan): { readonly plan: Plan; readonly tooMany?: Ending } {
    const { maxRevocations = Infinity } = this.options;
    if (maxRevocations === Infinity) return { plan };
    const toRevoke = rulesOfPlannedChanges(plan.revoke);
    const urgent = worldOpeningRules(toRevoke, this.lists);
    const { revoked } = combineAttemptChanges(this.attempts);
    const revocations = revoked.length - worldOpeningRules(revoked, this.lists).length + toRevoke.length - urgent.length;
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

  private async attempt(plan: Plan): Promise<PlannedAttempt> {
    const attempt = await applyPlan(this.securityGroups, this.options.groupId, plan, {
      // From the second attempt on, a failed call is repeated once for each rule, because a new read did not help.
      ruleByRule: this.attempts.length > 0,
      isOver: () => this.isOver(),
    });
    const planned = { ...attempt, plan };
    this.attempts.push(planned);
    return planned;
  }

  /**
   * Reports whether another attempt can help: another writer changed the group, or a failed call can now succeed.
   */
  private isWorthAnother(attempt: PlannedAttempt, left: Plan): boolean {
    const { failures } = attempt;
    const { plan } = this.allowed(left);
    if (isAtBaseline(plan)) return false;
    // If a declared rule refers to a missing group, EC2 refuses the call that authorizes all missing rules. The second attempt makes one
    // call for each rule.
    if (failures.some(isRestoreConflict) || (this.attempts.length === 1 && failures.some(isGroupNotFoundError))) return true;
    return (
      !isAttemptedPlan(plan, attempt.plan) || (failures.length === 0 && numberOfRestoreChanges(plan) < numberOfRestoreChanges(attempt.plan))
    );
  }

  /**
   * Reads until the rules show the planned changes. Stops early if the rules need a change that was not planned, because then another
   * writer changed the rules. Reads only once if a call failed. Returns `undefined` if the deadline leaves no time for a read.
   */
  private async verify({ failures, plan: wanted }: PlannedAttempt): Promise<Observation | undefined> {
    // The first pause grows with each attempt, so that Portcullis and another writer do not undo each other's changes at full speed.
    const pauses = VERIFY_PAUSES_MILLISECONDS.slice(this.attempts.length - 1);
    let seen: Observation | undefined;
    for (const pause of failures.length === 0 ? pauses : failures.some(isRestoreConflict) ? pauses.slice(0, 1) : [0]) {
      if (this.timeLeft() <= pause) break;
      if (pause > 0) await this.options.wait(pause);
      seen = await this.observe();
      const { plan: next, tooMany } = this.allowed(seen.next);
      const isAsWanted = tooMany === undefined ? isAtBaseline(seen.todo) : !this.isOpening(seen.todo);
      if (isAsWanted || !isAttemptedPlan(next, wanted)) break;
    }
    return seen;
  }

  /**
   * Reports whether the group does not exist. EC2 also returns an empty list of rules for a missing group.
   */
  private async isGone({ live }: Observation): Promise<boolean> {
    return live.length === 0 && !(await this.exists());
  }

  /**
   * Reports whether the guarded group exists. EC2's error `InvalidGroup.NotFound` is not sufficient evidence, because the error can also be
   * about the source group of a declared rule.
   */
  private async exists(): Promise<boolean> {
    return (await this.securityGroups.describeGroup(this.options.groupId)) !== undefined;
  }

  private isOpening({ revoke }: Plan): boolean {
    return worldOpeningRules(rulesOfPlannedChanges(revoke), this.lists).length > 0;
  }

  private mayApply(plan: Plan): boolean {
    return this.options.mayApply?.(plan) ?? true;
  }

  private timeLeft(): number {
    return this.options.timeLeft?.() ?? Infinity;
  }

  private isOver(): boolean {
    return this.timeLeft() <= 0;
  }

  private outcome(first: Observation, last: Observation, ending: Ending | 'done' | 'gone' | 'out-of-time'): Restoration {
    const lastAttempt = isAtBaseline(last.todo) ? undefined : this.attempts.at(-1);
    const { plan: next } = this.allowed(last.next);
    const { shown, unanswered } = this.lostAnswers(last.live);
    return {
      before: first.live,
      after: last.live,
      plan: first.plan,
      lists: this.lists,
      ...combineAttemptChanges([...this.attempts, shown]),
      unanswered,
      remaining: last.plan,
      failures: lastAttempt?.failures ?? [],
      heldBack: lastAttempt?.heldBack ?? [],
      isContested: lastAttempt === undefined ? !this.mayApply(last.todo) : !isAttemptedPlan(next, lastAttempt.plan),
      ending: typeof ending === 'string' ? { kind: ending } : ending,
    };
  }

  /**
   * Splits the changes whose calls got no response into two lists. The live rules show the changes in `shown`, and do not show the changes
   * in `unanswered`.
   */
  private lostAnswers(live: readonly LiveRule[]): { readonly shown: RuleChanges; readonly unanswered: RuleChanges } {
    const certain = combineAttemptChanges(this.attempts);
    const asked = combineAttemptChanges(this.attempts.map(({ unanswered }) => unanswered));
    // Omits changes that a successful call also made.
    const added = diffRules(asked.authorized, certain.authorized).missing;
    const missing = diffRules(added, live).missing;
    const removed = new Map(asked.revoked.map((rule) => [rule.ruleId, rule]));
    for (const { ruleId } of certain.revoked) removed.delete(ruleId);
    const isThere = (rule: LiveRule): boolean => live.some((other) => isSameLiveRule(other, rule));
    return {
      shown: {
        authorized: added.filter((rule) => !missing.includes(rule)),
        revoked: [...removed.values()].filter((rule) => !isThere(rule)),
      },
      unanswered: { authorized: missing, revoked: [...removed.values()].filter(isThere) },
    };
  }
}

/** Compares the id and the content, because `ModifySecurityGroupRules` changes the content of a rule and keeps its id. */
function isSameLiveRule(a: LiveRule, b: LiveRule): boolean {
  return a.ruleId === b.ruleId && ruleKey(a) === ruleKey(b);
}

/** Reports whether `other` contains every change of `plan`. */
function isAttemptedPlan(plan: Plan, other: Plan): boolean {
  const keysOf = ({ authorize, revoke }: Plan): string[] => [
    ...authorize.map(({ rule }) => ruleKey(rule)),
    ...revoke.map(({ rule }) => `${rule.ruleId} ${ruleKey(rule)}`),
  ];
  const wanted = new Set(keysOf(other));
  return keysOf(plan).every((key) => wanted.has(key));
}

function numberOfRestoreChanges({ authorize, revoke }: Plan): number {
  return authorize.length + revoke.length;
}

function isRestoreConflict({ kind }: SecurityGroupCallError): boolean {
  return CONFLICTS.has(kind);
}

function isGroupNotFoundError({ kind }: SecurityGroupCallError): boolean {
  return kind === 'group-not-found';
}
