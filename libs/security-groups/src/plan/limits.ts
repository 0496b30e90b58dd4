/** Finds the rules that break limits, and decides whether each rule is revoked, narrowed or only reported. Pure. */
import type { Declaration, Limit } from '@portcullis/baseline';
import {
  accessBeyond,
  narrowRules,
  ruleCovers,
  ruleKey,
  rulesOverlap,
  type Bound,
  type BoundOptions,
  type Direction,
  type Rule,
  type Source,
  type Traffic,
} from '@portcullis/permission-diff';
import { datedPermitsToPlan } from './dated-permits.js';
import type { LiveRule } from '../ec2/port.js';
import { isUnreadPrefixList, prefixListIdsOf, type PrefixListContents } from './prefix-lists.js';

export interface PlanContext extends Pick<PrefixListContents, 'addresses'> {
  /** The current day in UTC, as `YYYY-MM-DD`. A `permit` is valid until the end of its day `until`. */
  readonly today: string;
  /**
   * The id of the account that owns the group. Without this id, `groups: ownAccount` allows a source group only if the rule does not
   * contain the source group's account id.
   */
  readonly accountId?: string;
}

/** A limit that the live rules break. */
export interface BrokenLimit {
  readonly limit: Limit;
  /** One member for each pair of a rule and a bound that the rule breaks. */
  readonly parts: readonly BrokenPart[];
}

/** A rule that breaks a bound, and the traffic that the rule allows to the bound's services. */
export interface BrokenPart {
  readonly rule: LiveRule;
  readonly bound: Bound;
  readonly traffic: readonly Traffic[];
}

/** The bounds of a limit in one direction. */
export class DirectedLimit {
  readonly bounds: readonly Bound[];
  /** The bounds whose prefix lists could all be read. Only these bounds cause changes. */
  readonly certain: readonly Bound[];
  readonly options: BoundOptions;

  constructor(
    readonly limit: Limit,
    direction: Direction,
    { today, accountId, addresses }: PlanContext,
  ) {
    const permitted = datedPermitsToPlan(limit, today).flatMap(({ isOver, rules }) =>
      isOver ? [] : rules.filter((rule) => rule.direction === direction),
    );
    const isRead = (source: Source): boolean => !isUnreadPrefixList(source, addresses);
    this.bounds = boundsToPlan(limit, direction);
    this.certain = permitted.every(({ source }) => isRead(source)) ? this.bounds.filter(({ senders }) => senders.every(isRead)) : [];
    this.options = { accountId, addresses, permitted };
  }

  /** Returns the rules that break the limit. */
  breaking<R extends Rule>(rules: readonly R[]): readonly R[] {
    return this.atFault(rules, this.bounds);
  }

  /** Returns the rules that break the limit, no matter which entries the unread prefix lists contain. */
  certainlyBreaking<R extends Rule>(rules: readonly R[]): readonly R[] {
    if (this.certain.length === 0) return [];
    const { addresses = new Map() } = this.options;
    return this.atFault(
      rules.filter(({ source }) => !isUnreadPrefixList(source, addresses)),
      this.certain,
    );
  }

  /**
   * Returns the rules that break the bounds, alone or together. First finds the rules that each break a bound, and then checks the other
   * rules together. Otherwise, a wide block would make every narrow block within it look too wide.
   */
  private atFault<R extends Rule>(rules: readonly R[], bounds: readonly Bound[]): readonly R[] {
    const beyond = (some: readonly R[]): readonly R[] => accessBeyond(some, bounds, this.options).rules;
    const all = beyond(rules);
    if (!bounds.some(({ notWiderThan }) => notWiderThan !== undefined)) return all;
    const alone = new Set(all.filter((rule) => beyond([rule]).length > 0));
    if (alone.size === 0 || alone.size === all.length) return all;
    const together = new Set(beyond(rules.filter((rule) => !alone.has(rule))));
    return all.filter((rule) => alone.has(rule) || together.has(rule));
  }

  /** Returns the limit and the rules that break each bound, or `undefined` if the rules do not break the limit. */
  broken(rules: readonly LiveRule[]): BrokenLimit | undefined {
    if (this.breaking(rules).length === 0) return undefined;
    const parts = this.bounds.flatMap((bound) =>
      this.atFault(rules, [bound]).map((rule) => ({
        rule,
        bound,
        traffic: bound.services.flatMap((service) => trafficOfBrokenPart(service, rule.traffic) ?? []),
      })),
    );
    return { limit: this.limit, parts };
  }
}

/**
 * Reports whether the rules break at least one limit. For speed, one check covers all limits that have no permits.
 */
export function breaksAnyLimit(rules: readonly Rule[], limits: readonly DirectedLimit[]): boolean {
  const isPlain = ({ options }: DirectedLimit): boolean => options.permitted?.length === 0;
  const plain = limits.filter(isPlain);
  const bounds = plain.flatMap((limit) => limit.bounds);
  return (
    (bounds.length > 0 && accessBeyond(rules, bounds, plain[0]?.options).rules.length > 0) ||
    limits.some((limit) => !isPlain(limit) && limit.breaking(rules).length > 0)
  );
}

export function boundsToPlan({ ingress, egress = [] }: Limit, direction: Direction): readonly Bound[] {
  return direction === 'ingress' ? ingress : egress;
}

/**
 * The rules that break limits, each with its broken limits. Each rule is a key of at most one of the maps `revoke`, `narrow`, `stuck` and
 * `unsure`.
 */
export interface LimitRepair<R extends Rule> {
  /** Rules to revoke without a replacement. */
  readonly revoke: ReadonlyMap<R, readonly Limit[]>;
  /** Rules to revoke and replace by `pieces`. */
  readonly narrow: ReadonlyMap<R, readonly Limit[]>;
  /** The narrower rules to authorize, so that the group keeps the traffic that the limits allow. */
  readonly pieces: readonly Rule[];
  /** Rules that stay because they cannot be narrowed. */
  readonly stuck: ReadonlyMap<R, readonly Limit[]>;
  /** Rules that stay because an unread prefix list determines whether they break limits. */
  readonly unsure: ReadonlyMap<R, readonly Limit[]>;
}

/**
 * Returns which rules to revoke or narrow so that the group obeys the limits. All rules must have the same direction. After the repair, a
 * second repair would change nothing.
 *
 * @param fixed rules of the group that the repair must not change.
 * @param ownerOf returns the `ignore` clause that tolerates the rule, `undefined` if there is none, or `null` if the rule cannot be
 * narrowed. Rules with different results are never narrowed together.
 */
export function planLimitRepair<R extends Rule>(
  rules: readonly R[],
  limits: readonly DirectedLimit[],
  fixed: readonly Rule[] = [],
  ownerOf: (rule: R) => unknown = () => undefined,
): LimitRepair<R> {
  const isBroken = breaksAnyLimit([...fixed, ...rules], limits);
  const all = limitsBrokenByRules(isBroken ? limits : [], rules, fixed, (limit, judged) => limit.breaking(judged));
  if (all.size === 0) return { revoke: all, narrow: all, pieces: [], stuck: all, unsure: all };
  const certain = limitsBrokenByRules(limits, rules, fixed, (limit, judged) => limit.certainlyBreaking(judged));
  const unsure = new Map([...all].filter(([rule]) => !certain.has(rule)));
  const stuck = new Map<R, readonly Limit[]>();
  const revoke = new Map([...certain].filter(([, broken]) => broken.some(({ repair }) => repair === 'revoke')));
  const narrowing = limits.filter(({ limit }) => limit.repair === 'narrow');
  const breaking = (others: readonly R[]): Map<R, readonly Limit[]> =>
    limitsBrokenByRules(narrowing, others, fixed, (limit, judged) => limit.certainlyBreaking(judged));
  let rest = rules.filter((rule) => !revoke.has(rule));
  for (;;) {
    const narrow = new Map([...breaking(rest)].filter(([rule]) => !unsure.has(rule) && !stuck.has(rule)));
    const failingBeside = (others: readonly Rule[]): (readonly [R, readonly Limit[]])[] =>
      [...narrow].filter(([rule, broken]) => {
        const near = others.filter((other) => other !== rule && mayAffectLimitRepair(other, rule, narrowing));
        const own = narrowing.filter(({ limit }) => broken.includes(limit));
        return ownerOf(rule) === null || narrowToLimits([rule], own, near) === undefined;
      });
    const staying = [...fixed, ...rest.filter((rule) => !narrow.has(rule))];
    // Checks each rule to narrow only against the rules that stay, because the other rules to narrow will be replaced.
    const fails = failingBeside(staying);
    const pieces = fails.length > 0 ? undefined : planNarrowedPieces([...narrow.keys()], narrowing, staying, ownerOf);
    if (pieces !== undefined) return { revoke, narrow, pieces, stuck, unsure };
    // Excludes the rules that cannot be narrowed. If each rule can be narrowed, but not all rules together, first excludes the rules with
    // prefix lists.
    const lists = (): typeof fails => [...narrow].filter(([{ source }]) => source.kind === 'prefixList');
    const given = [() => fails, () => failingBeside([...fixed, ...rest]), lists, () => [...narrow]];
    let excluded: typeof fails = [];
    for (const list of given) if (excluded.length === 0) excluded = list();
    for (const [rule, broken] of excluded) (broken.some(({ otherwise }) => otherwise === 'revoke') ? revoke : stuck).set(rule, broken);
    rest = rest.filter((rule) => !revoke.has(rule));
  }
}

/** Returns the limits that each rule breaks. A limit can also be broken by several rules together. */
function limitsBrokenByRules<R extends Rule>(
  limits: readonly DirectedLimit[],
  rules: readonly R[],
  fixed: readonly Rule[],
  breaking: (limit: DirectedLimit, judged: readonly Rule[]) => readonly Rule[],
): Map<R, readonly Limit[]> {
  const found = new Map<R, readonly Limit[]>();
  for (const each of limits) {
    const broken = new Set(breaking(each, [...fixed, ...rules]));
    for (const rule of rules) if (broken.has(rule)) found.set(rule, [...(found.get(rule) ?? []), each.limit]);
  }
  return found;
}

/**
 * Reports whether `other` can influence how `rule` is narrowed. Large groups are planned much faster if rules without influence are
 * skipped.
 */
function mayAffectLimitRepair(other: Rule, rule: Rule, limits: readonly DirectedLimit[]): boolean {
  const isOpaque = [other, rule].some(({ source }) => source.kind === 'prefixList');
  return (
    isOpaque || rulesOverlap(other, rule) || limits.some(({ bounds }) => bounds.some(({ notWiderThan }) => notWiderThan !== undefined))
  );
}

/** Returns the narrower rules that replace the given rules, or `undefined` if the given rules cannot be narrowed. */
function planNarrowedPieces<R extends Rule>(
  rules: readonly R[],
  limits: readonly DirectedLimit[],
  staying: readonly Rule[],
  ownerOf: (rule: R) => unknown,
): readonly Rule[] | undefined {
  const ofOwners = [...new Set(rules.map(ownerOf))].map((owner) => rules.filter((rule) => ownerOf(rule) === owner));
  // The first attempt narrows the rules of each `ignore` clause together, which needs the fewest new rules. The second attempt narrows each
  // rule separately, and so can keep a narrow block within a block that is too wide.
  return (
    narrowPartsToLimits(ofOwners, limits, staying) ??
    narrowPartsToLimits(
      rules.map((rule) => [rule]),
      limits,
      staying,
    )
  );
}

function narrowPartsToLimits(
  parts: readonly (readonly Rule[])[],
  limits: readonly DirectedLimit[],
  staying: readonly Rule[],
): readonly Rule[] | undefined {
  const pieces: Rule[] = [];
  // Authorizes a narrower rule even if a rule with a prefix list allows the same traffic, because the entries of the list can change. The
  // safety envelope also ignores the entries of prefix lists.
  const carried = staying.filter(({ source }) => source.kind !== 'prefixList');
  for (const rules of parts) {
    const narrower = narrowToLimits(rules, limits, [...carried, ...pieces]);
    if (narrower === undefined) return undefined;
    pieces.push(...narrower.filter((piece) => !staying.some((rule) => ruleCovers(rule, piece))));
  }
  // New rules that replace different rules can break a limit together.
  const keys = new Set(parts.flat().map(ruleKey));
  const isWithin = limits.every((limit) => {
    const beyond = new Set(limit.certainlyBreaking([...staying, ...pieces]));
    return !pieces.some((piece) => beyond.has(piece) || keys.has(ruleKey(piece)));
  });
  return isWithin ? pieces : undefined;
}

/** The maximum number of rules that replace one rule. EC2's default quota is 60 rules in one direction. */
const MAX_RULES = 60;

/** Narrows the rules to the traffic that every limit allows. Omits traffic that the other rules in `carried` already allow. */
function narrowToLimits(rules: readonly Rule[], limits: readonly DirectedLimit[], carried: readonly Rule[]): readonly Rule[] | undefined {
  let pieces: readonly Rule[] | undefined = rules;
  // The first round does not omit this traffic, because a later limit can forbid some of the rules in `carried`.
  for (const carrying of [[], carried])
    for (const { certain, options } of limits)
      if (pieces !== undefined && certain.length > 0)
        pieces = narrowRules(pieces, certain, { ...options, carried: carrying, maxRules: MAX_RULES * rules.length });
  return pieces;
}

/** Returns the traffic that both `a` and `b` contain, or `undefined` if there is none. */
function trafficOfBrokenPart(a: Traffic, b: Traffic): Traffic | undefined {
  const asRule = (traffic: Traffic): Rule => ({ direction: 'ingress', traffic, source: { kind: 'group', groupId: '' } });
  if (ruleCovers(asRule(a), asRule(b))) return b;
  if (ruleCovers(asRule(b), asRule(a))) return a;
  if (a.kind !== 'ports' || b.kind !== 'ports' || a.protocol !== b.protocol) return undefined;
  const [fromPort, toPort] = [Math.max(a.fromPort, b.fromPort), Math.min(a.toPort, b.toPort)];
  return fromPort <= toPort ? { ...a, fromPort, toPort } : undefined;
}

/**
 * Returns the ids of the prefix lists that the plan needs: the lists in the live rules, the baseline and the limits. A plan without limits
 * and without bounds in `ignore` clauses needs no prefix lists.
 */
export function prefixListsToPlan({ baseline, limits }: Declaration, live: readonly Rule[]): readonly string[] {
  const isBoundingOwners = baseline?.ignore.some(({ within }) => within !== undefined && within.length > 0) === true;
  if (limits.length === 0 && !isBoundingOwners) return [];
  return prefixListIdsOf([...live.map(({ source }) => source), ...sourcesToPlan({ baseline, limits })]);
}

/** Returns all sources in the rules and bounds of the baseline and the limits. */
export function sourcesToPlan({ baseline, limits }: Declaration): readonly Source[] {
  const { ingress = [], egress = [], ignore = [] } = baseline ?? {};
  const permits = [...limits, ...(baseline === undefined ? [] : [baseline])].flatMap(({ permit }) => permit.flatMap(({ rules }) => rules));
  const within = ignore.flatMap((clause) => clause.within ?? []);
  return [
    ...[...ingress, ...egress, ...permits, ...within].map(({ source }) => source),
    ...limits.flatMap((limit) => [...limit.ingress, ...(limit.egress ?? [])].flatMap(({ senders }) => senders)),
  ];
}

/**
 * Returns the ids of the prefix lists in the rules and bounds of broken limits.
 */
export function prefixListsOfBrokenLimits(broken: readonly BrokenLimit[]): readonly string[] {
  return prefixListIdsOf(broken.flatMap(({ parts }) => parts.flatMap(({ rule, bound }) => [rule.source, ...bound.senders])));
}
