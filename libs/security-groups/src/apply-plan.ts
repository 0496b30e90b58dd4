/** Carries out a plan once: what is declared first, then what is not. The envelope it keeps is the module's reason to exist. */
import { diffRules, permissionsOf, type Direction, type Rule } from '@portcullis/permission-diff';
import { chunksOf } from './chunks.js';
import { replaceable, revocable } from './envelope.js';
import { SecurityGroupCallError, type CallErrorKind } from './errors.js';
import type { LiveRule } from './live-rule.js';
import { DIRECTIONS, type Plan } from './plan.js';
import type { SecurityGroupWriter } from './port.js';

/** What one attempt did and what went wrong. */
export interface Attempt {
  readonly authorized: readonly Rule[];
  readonly revoked: readonly LiveRule[];
  /** The calls that failed, as long as something is left undone; a refusal that another way led around is none. */
  readonly failures: readonly SecurityGroupCallError[];
  /** Not revoked, since declared traffic passes only through them as long as a declared rule is missing. */
  readonly heldBack: readonly LiveRule[];
}

export interface ApplyOptions {
  /**
   * Whether a call that fails since one of its rules is there already, is gone, or refers to a group that is gone, is made again rule by
   * rule. To read again is cheaper; but when the reads lag behind, it does not help.
   *
   * @default false
   */
  readonly ruleByRule?: boolean;
  /** Reports whether there is no time for another call. @default never */
  readonly isOver?: () => boolean;
}

/**
 * Authorizes what the plan declares missing, then revokes by rule id what it does not declare, ingress and egress apart.
 *
 * Envelope: at every moment the group lets in no more than *before ∪ declared* and no less than *before ∩ declared*, whichever call
 * fails. So as long as a declared rule is missing, no rule is revoked that alone carries some of its traffic. One half failing does not
 * stop the other, and one rule that EC2 never takes does not stop the others. When the quota of rules is used up, what can be revoked is
 * revoked first; when nothing can, a rule is turned into a declared one.
 */
export async function applyPlan(
  writer: SecurityGroupWriter,
  groupId: string,
  plan: Plan,
  options: ApplyOptions = {},
): Promise<Attempt> {
  const attempts: Attempt[] = [];
  for (const direction of DIRECTIONS)
    attempts.push(await new DirectedAttempt(writer, groupId, direction, plan, options).run());
  return {
    authorized: attempts.flatMap((attempt) => attempt.authorized),
    revoked: attempts.flatMap((attempt) => attempt.revoked),
    failures: attempts.flatMap((attempt) => attempt.failures),
    heldBack: attempts.flatMap((attempt) => attempt.heldBack),
  };
}

/** EC2 documents no limit of rules in a call. More than the usual quota of a group is sent in several, each all or nothing. */
const MAX_RULES_PER_CALL = 100;

class DirectedAttempt {
  private readonly authorized: Rule[] = [];
  private readonly revoked: LiveRule[] = [];
  private failures: SecurityGroupCallError[] = [];
  /** Declared, and not known to be there. */
  private missing: readonly Rule[];
  /** There, and neither declared nor revoked yet. */
  private excess: readonly LiveRule[];
  /** There, and none of our business. */
  private readonly tolerated: readonly LiveRule[];
  /** There, and not to go: these and what is declared. */
  private staying: readonly LiveRule[];
  /** All that is declared. */
  private readonly declared: readonly Rule[];

  constructor(
    private readonly writer: SecurityGroupWriter,
    private readonly groupId: string,
    private readonly direction: Direction,
    plan: Plan,
    private readonly options: ApplyOptions,
  ) {
    const here = <R extends Rule>(rules: readonly R[]): R[] => rules.filter((rule) => rule.direction === direction);
    this.missing = here(plan.authorize.map(({ rule }) => rule));
    this.excess = here(plan.revoke.map(({ rule }) => rule));
    this.tolerated = here(plan.tolerated.map(({ rule }) => rule));
    this.staying = [...here(plan.kept), ...this.tolerated];
    this.declared = here(plan.declared);
  }

  async run(): Promise<Attempt> {
    await this.authorizeMissing(false);
    await this.revokeExcess();
    // A group that was full may have room once something has gone, and what does not fit together may fit one by one.
    while (this.isFull()) {
      const before = this.changes();
      this.failures = [];
      await this.authorizeMissing(true);
      await this.revokeExcess();
      if (this.isFull() && this.changes() === before) await this.makeRoom();
      if (this.changes() === before) break;
    }
    const { authorized, revoked, missing, excess } = this;
    const isDone = missing.length + excess.length === 0;
    return { authorized, revoked, failures: isDone ? [] : this.failures, heldBack: this.bound() };
  }

  private isFull(): boolean {
    return this.failures.some(({ kind }) => kind === 'quota');
  }

  private changes(): number {
    return this.authorized.length + this.revoked.length;
  }

  private async authorizeMissing(oneByOneIfFull: boolean): Promise<void> {
    const isWorthSplitting = (failure: SecurityGroupCallError): boolean =>
      this.isWorthSplitting(failure) || (oneByOneIfFull && failure.kind === 'quota');
    await this.inCalls(this.missing, (rules) => this.authorize(rules), isWorthSplitting);
  }

  private async revokeExcess(): Promise<void> {
    const rules = revocable(this.excess, this.missing, this.present());
    await this.inCalls(
      rules,
      (some) => this.revoke(some),
      (failure) => this.isWorthSplitting(failure),
    );
  }

  /** Makes one call for many rules where it can, and a call for each where one of them may keep the others from being taken. */
  private async inCalls<R extends Rule>(
    rules: readonly R[],
    call: (rules: readonly R[]) => Promise<void>,
    isWorthSplitting: (failure: SecurityGroupCallError) => boolean,
  ): Promise<void> {
    const callFor = async (some: readonly R[]): Promise<void> => {
      const failure = await this.tryTo(() => call(some));
      if (failure === undefined) return;
      if (some.length > 1 && isWorthSplitting(failure)) for (const rule of some) await callFor([rule]);
      else this.failures.push(failure);
    };
    for (const chunk of chunksOf(rules, MAX_RULES_PER_CALL)) await callFor(chunk);
  }

  private async authorize(rules: readonly Rule[]): Promise<void> {
    await this.writer.authorize(this.groupId, this.direction, permissionsOf(rules));
    this.authorized.push(...rules);
    this.missing = this.missing.filter((rule) => !rules.includes(rule));
  }

  private async revoke(rules: readonly LiveRule[]): Promise<void> {
    const ids = rules.map(({ ruleId }) => ruleId);
    await this.writer.revoke(this.groupId, this.direction, ids);
    this.revoked.push(...rules);
    this.drop(rules);
  }

  /**
   * Frees a place in the quota, or puts one to better use. Where rules are compared by the traffic they let in, rules may stay that are not
   * the declared ones: those that the declared ones have made needless can go, and the others can become declared rules too.
   */
  private async makeRoom(): Promise<void> {
    const { kept, excess: others } = diffRules(this.declared, this.staying);
    const spare = others.filter((rule) => !this.tolerated.includes(rule));
    const certain = [...kept, ...this.tolerated, ...this.authorized];
    const needless = revocable(spare, this.declared, [...certain, ...this.excess]);
    if (needless.length > 0) {
      this.note(await this.tryTo(() => this.revoke(needless)));
      return;
    }
    const absent = diffRules(this.declared, [...this.staying, ...this.authorized]).missing;
    const wanted = [...this.missing, ...absent.filter((rule) => !this.missing.includes(rule))];
    const pair = replaceable([...this.excess, ...spare], wanted, this.declared, certain);
    if (pair !== undefined) this.note(await this.tryTo(() => this.replace(pair.rule, pair.by)));
  }

  private note(failure: SecurityGroupCallError | undefined): void {
    if (failure !== undefined) this.failures.push(failure);
  }

  private async replace(rule: LiveRule, by: Rule): Promise<void> {
    await this.writer.replace(this.groupId, rule.ruleId, by);
    this.authorized.push(by);
    this.revoked.push(rule);
    this.missing = this.missing.filter((other) => other !== by);
    this.drop([rule]);
  }

  /** What is there no more. */
  private drop(rules: readonly LiveRule[]): void {
    this.excess = this.excess.filter((rule) => !rules.includes(rule));
    this.staying = this.staying.filter((rule) => !rules.includes(rule));
  }

  private present(): readonly Rule[] {
    return [...this.staying, ...this.authorized];
  }

  /** What cannot go before what is missing is there. */
  private bound(): LiveRule[] {
    if (this.missing.length === 0) return [];
    const free = revocable(this.excess, this.missing, this.present());
    return this.excess.filter((rule) => !free.includes(rule));
  }

  private isWorthSplitting({ kind }: SecurityGroupCallError): boolean {
    return kind === 'refused' || (this.options.ruleByRule === true && MAYBE_ONE.has(kind));
  }

  /** Makes the call; a refusal by EC2 is returned, so that the other half goes on. When the time is up, nothing is called nor returned. */
  private async tryTo(call: () => Promise<void>): Promise<SecurityGroupCallError | undefined> {
    if (this.options.isOver?.() === true) return undefined;
    try {
      await call();
      return undefined;
    } catch (error) {
      if (!(error instanceof SecurityGroupCallError)) throw error;
      return error;
    }
  }
}

/** Another writer, or a read that lags behind: one of the rules is there already, or gone. */
export const CONFLICTS: ReadonlySet<CallErrorKind> = new Set(['duplicate', 'rule-not-found']);

/** One of the rules, or the group as a whole. */
const MAYBE_ONE: ReadonlySet<CallErrorKind> = new Set([...CONFLICTS, 'group-not-found']);
