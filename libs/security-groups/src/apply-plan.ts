/** Carries out a plan once: what is declared first, then what is not. The envelope it keeps is the module's reason to exist. */
import { diffRules, permissionsOf, rulesOverlap, type Direction, type Rule } from '@portcullis/permission-diff';
import { chunksOf } from './chunks.js';
import { isModifiable, replaceable, revocable } from './envelope.js';
import { SecurityGroupCallError, type CallErrorKind } from './errors.js';
import type { LiveRule } from './live-rule.js';
import { DIRECTIONS, type Plan } from './plan.js';
import type { SecurityGroupWriter } from './port.js';

/** Rules that a call adds, and rules that it removes. */
export interface Change {
  readonly authorized: readonly Rule[];
  readonly revoked: readonly LiveRule[];
}

/** What one attempt did and what went wrong. */
export interface Attempt extends Change {
  /** What the failed calls wanted that EC2 may have carried out all the same: only a read can tell. */
  readonly unanswered: Change;
  /** The calls that failed, as long as something is left undone. A refused call is omitted if a fallback succeeded. */
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
 * revoked first; when nothing can, a rule is turned into a declared one, if both have a block of addresses as their source.
 */
export async function applyPlan(writer: SecurityGroupWriter, groupId: string, plan: Plan, options: ApplyOptions = {}): Promise<Attempt> {
  const attempts: Attempt[] = [];
  for (const direction of DIRECTIONS) attempts.push(await new DirectedAttempt(writer, groupId, direction, plan, options).run());
  return {
    ...changeOf(attempts),
    unanswered: changeOf(attempts.map(({ unanswered }) => unanswered)),
    failures: attempts.flatMap((attempt) => attempt.failures),
    heldBack: attempts.flatMap((attempt) => attempt.heldBack),
  };
}

/** Returns the changes as one. */
export function changeOf(changes: readonly Change[]): Change {
  return {
    authorized: changes.flatMap(({ authorized }) => authorized),
    revoked: changes.flatMap(({ revoked }) => revoked),
  };
}

/** EC2 documents no limit of rules in a call. More than the usual quota of a group is sent in several, each all or nothing. */
const MAX_RULES_PER_CALL = 100;

class DirectedAttempt {
  private readonly done: Change[] = [];
  private readonly unanswered: Change[] = [];
  private failures: SecurityGroupCallError[] = [];
  /** Whether the quota is known to be used up. */
  private isFullKnown = false;
  /** The kinds of source of which not one more rule fits, each with EC2's refusal. */
  private readonly full = new Map<string, SecurityGroupCallError>();
  /** How many rules have gone since EC2 last refused one for the quota: as many as that fit. */
  private freed = 0;
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
    const missing = here(plan.authorize.map(({ rule }) => rule));
    // A full group may have room for some of them: then for those that no rule can be turned into.
    this.missing = [...missing.filter((rule) => !isModifiable(rule)), ...missing.filter(isModifiable)];
    this.excess = here(plan.revoke.map(({ rule }) => rule));
    this.tolerated = here(plan.tolerated.map(({ rule }) => rule));
    this.staying = [...here(plan.kept), ...this.tolerated];
    this.declared = here(plan.declared);
  }

  async run(): Promise<Attempt> {
    await this.authorizeMissing(this.missing.length);
    await this.revokeExcess();
    // A group that was full may have room once something has gone, and what does not fit together may fit one by one.
    while (this.isFull()) {
      this.isFullKnown = true;
      const before = this.done.length;
      this.failures = [];
      await this.authorizeMissing(this.freed);
      await this.revokeExcess();
      if (this.isFull() && this.done.length === before) await this.makeRoom();
      if (this.done.length === before) break;
    }
    const { missing, excess } = this;
    const isDone = missing.length + excess.length === 0;
    return {
      ...changeOf(this.done),
      unanswered: changeOf(this.unanswered),
      failures: isDone ? [] : this.failures,
      heldBack: this.bound(),
    };
  }

  private isFull(): boolean {
    return this.failures.some(({ kind }) => kind === 'quota');
  }

  /** Authorizes the first `together` rules that are missing in one call, and each of the others in a call of its own. */
  private async authorizeMissing(together: number): Promise<void> {
    const { missing } = this;
    const authorize = (rules: readonly Rule[]): Promise<SecurityGroupCallError | undefined> => this.authorize(rules);
    await this.inCalls(missing.slice(0, together), authorize);
    for (const rule of missing.slice(together)) await this.inCalls([rule], authorize);
  }

  private async revokeExcess(): Promise<void> {
    await this.inCalls(revocable(this.excess, this.missing, this.present()), (rules) => this.revoke(rules));
  }

  /** Makes one call for many rules if it can, and a call for each if one of them may keep the others from being taken. */
  private async inCalls<R extends Rule>(
    rules: readonly R[],
    call: (rules: readonly R[]) => Promise<SecurityGroupCallError | undefined>,
  ): Promise<void> {
    const callFor = async (some: readonly R[]): Promise<void> => {
      const failure = await call(some);
      if (failure === undefined) return;
      if (some.length > 1 && this.isWorthSplitting(failure)) for (const rule of some) await callFor([rule]);
      else this.note(failure);
    };
    for (const chunk of chunksOf(rules, MAX_RULES_PER_CALL)) await callFor(chunk);
  }

  private async authorize(rules: readonly Rule[]): Promise<SecurityGroupCallError | undefined> {
    const [kind = ''] = rules.length === 1 ? rules.map(roomOf) : [];
    const refused = this.full.get(kind);
    if (refused !== undefined) return refused;
    const failure = await this.make({ authorized: rules, revoked: [] }, () =>
      this.writer.authorize(this.groupId, this.direction, permissionsOf(rules)),
    );
    if (failure?.kind !== 'quota') return failure;
    this.freed = 0;
    if (rules.length === 1) this.full.set(kind, failure);
    return failure;
  }

  private revoke(rules: readonly LiveRule[]): Promise<SecurityGroupCallError | undefined> {
    const ids = rules.map(({ ruleId }) => ruleId);
    return this.make({ authorized: [], revoked: rules }, () => this.writer.revoke(this.groupId, this.direction, ids));
  }

  /**
   * Frees a place in the quota, or puts one to better use. Where rules are compared by the traffic they let in, rules may stay that are not
   * the declared ones: those that the declared ones have made needless can go, and the others can become declared rules too.
   */
  private async makeRoom(): Promise<void> {
    const { kept, excess: others } = diffRules(this.declared, this.staying);
    const spare = others.filter((rule) => !this.tolerated.includes(rule));
    const { authorized } = changeOf(this.done);
    const certain = [...kept, ...this.tolerated, ...authorized];
    const needless = revocable(spare, this.declared, [...certain, ...this.excess]);
    if (needless.length > 0) {
      this.note(await this.revoke(needless));
      return;
    }
    const absent = diffRules(this.declared, this.present()).missing;
    const wanted = [...this.missing, ...absent.filter((rule) => !this.missing.includes(rule))];
    const pair = replaceable([...this.excess, ...spare], wanted, this.declared, certain);
    if (pair === undefined) return;
    const failure = await this.make({ authorized: [pair.by], revoked: [pair.rule] }, () =>
      this.writer.replace(this.groupId, pair.rule.ruleId, pair.by),
    );
    this.note(failure);
  }

  private note(failure: SecurityGroupCallError | undefined): void {
    if (failure !== undefined && !this.failures.includes(failure)) this.failures.push(failure);
  }

  private present(): readonly Rule[] {
    return [...this.staying, ...changeOf(this.done).authorized];
  }

  /** What cannot go before what is missing is there. */
  private bound(): LiveRule[] {
    if (this.missing.length === 0) return [];
    const free = revocable(this.excess, this.missing, this.present());
    return this.excess.filter((rule) => !free.includes(rule));
  }

  private isWorthSplitting({ kind }: SecurityGroupCallError): boolean {
    if (kind === 'quota') return this.isFullKnown;
    return kind === 'refused' || (this.options.ruleByRule === true && MAYBE_ONE.has(kind));
  }

  /** Makes the call. A refusal by EC2 is returned, so that the other half goes on. When the time is up, nothing is called nor returned. */
  private async make(change: Change, call: () => Promise<void>): Promise<SecurityGroupCallError | undefined> {
    if (this.options.isOver?.() === true) return undefined;
    const spare = change.revoked.filter((rule) => this.staying.includes(rule));
    // What these carry may be left to rules that are to go: not before its declared rules are there.
    const needed = diffRules(this.declared, this.present()).missing.filter((rule) => spare.some((other) => rulesOverlap(other, rule)));
    this.missing = [...this.missing, ...needed.filter((rule) => !this.missing.includes(rule))];
    try {
      await call();
    } catch (error) {
      if (!(error instanceof SecurityGroupCallError)) throw error;
      if (error.mayHaveHappened) this.unanswered.push(change);
      return error;
    }
    const { authorized, revoked } = change;
    this.done.push(change);
    this.missing = this.missing.filter((rule) => !authorized.includes(rule));
    this.excess = this.excess.filter((rule) => !revoked.includes(rule));
    this.staying = this.staying.filter((rule) => !revoked.includes(rule));
    this.freed = Math.max(0, this.freed + revoked.length - authorized.length);
    if (revoked.length > authorized.length) this.full.clear();
    return undefined;
  }
}

/**
 * What takes the same room in the quota: IPv4 and IPv6 are counted apart, a group for both, and a prefix list as often as its MaxEntries.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
 */
function roomOf({ source }: Rule): string {
  return source.kind === 'prefixList' ? source.prefixListId : source.kind;
}

/** Another writer, or a read that lags behind: one of the rules is there already, or gone. */
export const CONFLICTS: ReadonlySet<CallErrorKind> = new Set(['duplicate', 'rule-not-found']);

/** One of the rules, or the group as a whole. */
const MAYBE_ONE: ReadonlySet<CallErrorKind> = new Set([...CONFLICTS, 'group-not-found']);
