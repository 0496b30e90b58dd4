/** Applies a plan once: first authorizes the missing declared rules, then revokes the undeclared rules. */
import { diffRules, permissionsOf, rulesOverlap, type Direction, type Rule } from '@portcullis/permission-diff';
import { chunksOf } from '../ec2/chunks.js';
import { isSafelyModifiableRule, safelyReplaceableRule, safelyRevocableRules } from './safety-envelope.js';
import { SecurityGroupCallError, type CallErrorKind } from '../ec2/errors.js';
import { DIRECTIONS, rulesOfPlannedChanges, type Plan } from '../plan/plan-rule-changes.js';
import type { LiveRule, SecurityGroupWriter } from '../ec2/port.js';

/** Rules that were added to a group, and rules that were removed from the group. */
export interface RuleChanges {
  readonly authorized: readonly Rule[];
  readonly revoked: readonly LiveRule[];
}

/** The changes and the failures of one attempt. */
export interface Attempt extends RuleChanges {
  /** The changes that a failed call possibly made. Only a read can show whether EC2 made these changes. */
  readonly unanswered: RuleChanges;
  /** The failed calls. Empty if all changes of the plan were made, even if EC2 first refused a call. */
  readonly failures: readonly SecurityGroupCallError[];
  /** Rules that were not revoked, because only these rules allow the traffic of a missing declared rule. */
  readonly heldBack: readonly LiveRule[];
}

export interface ApplyOptions {
  /**
   * Whether to repeat a failed call once for each rule, if a single rule (such as a duplicate) may have caused the failure. A new plan
   * would need fewer calls, but would cause the same failure while EC2's reads lag behind its writes.
   *
   * @default false
   */
  readonly ruleByRule?: boolean;
  /** Reports whether the deadline has passed. No call starts after the deadline. @default never */
  readonly isOver?: () => boolean;
}

/**
 * Authorizes the missing declared rules, then revokes the undeclared rules by id. Handles ingress first, then egress.
 *
 * Keeps the safety envelope: at every moment, even if a call fails, the group allows at most actual ∪ declared and at least actual ∩
 * declared. Actual is the traffic that the group allowed before the attempt. While a declared rule is missing, the attempt keeps the rules
 * that allow the same traffic. If a call fails, the other calls still follow. If the quota of rules is used up, the attempt revokes rules
 * first. If no rule can be revoked, the attempt modifies a rule into a declared rule. For such a modification, both rules must have a CIDR
 * block as their source.
 */
export async function applyPlan(writer: SecurityGroupWriter, groupId: string, plan: Plan, options: ApplyOptions = {}): Promise<Attempt> {
  const attempts: Attempt[] = [];
  for (const direction of DIRECTIONS) attempts.push(await new DirectedAttempt(writer, groupId, direction, plan, options).run());
  return {
    ...combineAttemptChanges(attempts),
    unanswered: combineAttemptChanges(attempts.map(({ unanswered }) => unanswered)),
    failures: attempts.flatMap((attempt) => attempt.failures),
    heldBack: attempts.flatMap((attempt) => attempt.heldBack),
  };
}

/** Combines several lists of changes into one. */
export function combineAttemptChanges(changes: readonly RuleChanges[]): RuleChanges {
  return {
    authorized: changes.flatMap(({ authorized }) => authorized),
    revoked: changes.flatMap(({ revoked }) => revoked),
  };
}

/**
 * EC2 documents no maximum number of rules in one call. The default quota is 60 rules for a group, so most groups need only one call.
 */
const MAX_RULES_PER_CALL = 100;

/** Failures because of another writer or a lagging read: a rule to authorize already exists, or a rule to revoke is gone. */
export const CONFLICTS: ReadonlySet<CallErrorKind> = new Set(['duplicate', 'rule-not-found']);

/** Failures that a single rule can cause for a call with many rules. */
const MAYBE_ONE_RULE: ReadonlySet<CallErrorKind> = new Set([...CONFLICTS, 'group-not-found']);

class DirectedAttempt {
  private readonly done: RuleChanges[] = [];
  private readonly unanswered: RuleChanges[] = [];
  private failures: SecurityGroupCallError[] = [];
  /** Whether EC2 has refused a call because the quota was used up. */
  private isQuotaReached = false;
  /**
   * The errors for single rules that exceeded the quota, by `attemptQuotaKey`. EC2 would refuse other rules with the same key too, because
   * these rules use up the same part of the quota.
   */
  private readonly quotaRefusals = new Map<string, SecurityGroupCallError>();
  /**
   * How many more rules were removed than added since EC2 last refused a call because of the quota. The quota has room for this many new
   * rules.
   */
  private freed = 0;
  /** The declared rules that must be authorized. */
  private missing: readonly Rule[];
  /** The undeclared rules that are not revoked yet. */
  private excess: readonly LiveRule[];
  /** Undeclared rules that stay because of `permit`, `ignore` or `maxRevocations`. */
  private readonly tolerated: readonly LiveRule[];
  /** The tolerated rules, and the rules that the plan keeps. */
  private staying: readonly LiveRule[];
  /** All declared rules. */
  private readonly declared: readonly Rule[];

  constructor(
    private readonly writer: SecurityGroupWriter,
    private readonly groupId: string,
    private readonly direction: Direction,
    plan: Plan,
    private readonly options: ApplyOptions,
  ) {
    const inDirection = <R extends Rule>(rules: readonly R[]): R[] => rules.filter((rule) => rule.direction === direction);
    const missing = inDirection(rulesOfPlannedChanges(plan.authorize));
    // Rules without a CIDR block come first. If the quota is used up, no existing rule can be modified into such a rule.
    this.missing = [...missing.filter((rule) => !isSafelyModifiableRule(rule)), ...missing.filter(isSafelyModifiableRule)];
    this.excess = inDirection(rulesOfPlannedChanges(plan.revoke));
    this.tolerated = inDirection(rulesOfPlannedChanges(plan.tolerated));
    this.staying = [...inDirection(plan.kept), ...this.tolerated];
    this.declared = inDirection(plan.declared);
  }

  async run(): Promise<Attempt> {
    await this.authorizeMissing(this.missing.length);
    await this.revokeExcess();
    // Each revocation makes room for one more rule. If the quota has no room for all missing rules, it can still have room for some of
    // them.
    while (this.isFull()) {
      this.isQuotaReached = true;
      const before = this.done.length;
      this.failures = [];
      await this.authorizeMissing(this.freed);
      await this.revokeExcess();
      if (this.isFull() && this.done.length === before) await this.makeRoom();
      if (this.done.length === before) break;
    }
    const isDone = this.missing.length + this.excess.length === 0;
    return {
      ...combineAttemptChanges(this.done),
      unanswered: combineAttemptChanges(this.unanswered),
      failures: isDone ? [] : this.failures,
      heldBack: this.heldBack(),
    };
  }

  private isFull(): boolean {
    return this.failures.some(({ kind }) => kind === 'quota');
  }

  /** Authorizes the first `together` missing rules in one call, and each other missing rule in a separate call. */
  private async authorizeMissing(together: number): Promise<void> {
    const batches = [
      ...chunksOf(this.missing.slice(0, together), MAX_RULES_PER_CALL),
      ...this.missing.slice(together).map((rule) => [rule]),
    ];
    for (const batch of batches) await this.trySplitting(batch, (rules) => this.authorize(rules));
  }

  private async revokeExcess(): Promise<void> {
    const batches = chunksOf(this.free(), MAX_RULES_PER_CALL);
    for (const batch of batches) await this.trySplitting(batch, (rules) => this.revoke(rules));
  }

  /**
   * Returns the undeclared rules that can be revoked now. An undeclared rule stays while only this rule allows the traffic of a missing
   * declared rule.
   */
  private free(): LiveRule[] {
    const certain = this.certainExcess();
    const free = safelyRevocableRules(certain, this.missing, this.present());
    const staying = [...this.present(), ...certain.filter((rule) => !free.includes(rule))];
    const others = this.excess.filter((rule) => !certain.includes(rule));
    return [...free, ...others.filter((rule) => safelyRevocableRules([rule], this.missing, staying).length > 0)];
  }

  /**
   * Returns the undeclared rules that certainly exist. Omits rules whose revocation got no response, because EC2 may have removed these
   * rules.
   */
  private certainExcess(): LiveRule[] {
    const { revoked } = combineAttemptChanges(this.unanswered);
    return this.excess.filter((rule) => !revoked.includes(rule));
  }

  /** Makes one call for the batch. If this call fails and a single rule may be the cause, makes one call for each rule. */
  private async trySplitting<R extends Rule>(
    batch: readonly R[],
    call: (rules: readonly R[]) => Promise<SecurityGroupCallError | undefined>,
  ): Promise<void> {
    const failure = await call(batch);
    if (failure !== undefined && batch.length > 1 && this.isWorthSplitting(failure)) {
      for (const rule of batch) this.note(await call([rule]));
    } else this.note(failure);
  }

  private isWorthSplitting({ kind }: SecurityGroupCallError): boolean {
    if (kind === 'quota') return this.isQuotaReached;
    return kind === 'refused' || (this.options.ruleByRule === true && MAYBE_ONE_RULE.has(kind));
  }

  private note(failure: SecurityGroupCallError | undefined): void {
    if (failure !== undefined && !this.failures.includes(failure)) this.failures.push(failure);
  }

  private async authorize(rules: readonly Rule[]): Promise<SecurityGroupCallError | undefined> {
    const [quota = ''] = rules.length === 1 ? rules.map(attemptQuotaKey) : [];
    const refused = this.quotaRefusals.get(quota);
    if (refused !== undefined) return refused;
    const failure = await this.send({ authorized: rules, revoked: [] }, () =>
      this.writer.authorize(this.groupId, this.direction, permissionsOf(rules)),
    );
    if (failure?.kind !== 'quota') return failure;
    this.freed = 0;
    if (rules.length === 1) this.quotaRefusals.set(quota, failure);
    return failure;
  }

  private revoke(rules: readonly LiveRule[]): Promise<SecurityGroupCallError | undefined> {
    const ids = rules.map(({ ruleId }) => ruleId);
    return this.send({ authorized: [], revoked: rules }, () => this.writer.revoke(this.groupId, this.direction, ids));
  }

  /**
   * Makes room for a declared rule if the quota is used up. First revokes kept rules if other rules allow the same declared traffic. If
   * there are no such rules, modifies a kept or undeclared rule into a declared rule. Kept rules can differ from the declared rules only
   * with `compare: access`.
   */
  private async makeRoom(): Promise<void> {
    const { kept, excess: others } = diffRules(this.declared, this.staying);
    const spare = others.filter((rule) => !this.tolerated.includes(rule));
    const { authorized } = combineAttemptChanges(this.done);
    const certain = [...kept, ...this.tolerated, ...authorized];
    const redundant = safelyRevocableRules(spare, this.declared, [...certain, ...this.certainExcess()]);
    if (redundant.length > 0) {
      this.note(await this.revoke(redundant));
      return;
    }
    const wanted = [...this.missing, ...this.carriedByOthers()];
    const pair = safelyReplaceableRule([...this.certainExcess(), ...spare], wanted, this.declared, certain);
    if (pair === undefined) return;
    const failure = await this.send({ authorized: [pair.by], revoked: [pair.rule] }, () =>
      this.writer.replace(this.groupId, pair.rule.ruleId, pair.by),
    );
    this.note(failure);
  }

  /** Returns the declared rules that do not exist, but whose traffic other rules allow. The list is empty without `compare: access`. */
  private carriedByOthers(): Rule[] {
    return diffRules(this.declared, this.present()).missing.filter((rule) => !this.missing.includes(rule));
  }

  private present(): readonly Rule[] {
    return [...this.staying, ...combineAttemptChanges(this.done).authorized];
  }

  private heldBack(): LiveRule[] {
    if (this.missing.length === 0) return [];
    const free = this.free();
    return this.excess.filter((rule) => !free.includes(rule));
  }

  /**
   * Makes the call and records its changes. If the call fails, returns the error instead of throwing it, so that the other calls still
   * follow. After the deadline, makes no call and returns `undefined`.
   */
  private async send(change: RuleChanges, call: () => Promise<void>): Promise<SecurityGroupCallError | undefined> {
    if (this.options.isOver?.() === true) return undefined;
    const { authorized, revoked } = change;
    const spare = revoked.filter((rule) => this.staying.includes(rule));
    // A declared rule in `affected` does not exist, and the call removes a kept rule that allows its traffic. So the declared rule must be
    // authorized before any undeclared rule is revoked.
    const affected = this.carriedByOthers().filter((rule) => spare.some((other) => rulesOverlap(other, rule)));
    this.missing = [...this.missing, ...affected];
    try {
      await call();
    } catch (error) {
      if (!(error instanceof SecurityGroupCallError)) throw error;
      if (error.mayHaveHappened) this.unanswered.push(change);
      return error;
    }
    this.done.push(change);
    this.missing = this.missing.filter((rule) => !authorized.includes(rule));
    this.excess = this.excess.filter((rule) => !revoked.includes(rule));
    this.staying = this.staying.filter((rule) => !revoked.includes(rule));
    this.freed = Math.max(0, this.freed + revoked.length - authorized.length);
    if (revoked.length > authorized.length) this.quotaRefusals.clear();
    return undefined;
  }
}

/**
 * Returns a key. Rules with equal keys use up the same part of the quota. EC2 counts IPv4 and IPv6 rules separately. A rule with a source
 * group counts as an IPv4 rule and as an IPv6 rule. A rule with a prefix list counts as `MaxEntries` rules.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
 */
function attemptQuotaKey({ source }: Rule): string {
  return source.kind === 'prefixList' ? source.prefixListId : source.kind;
}
