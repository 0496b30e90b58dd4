/** Judges rules by limits, and decides which rules are revoked, narrowed or only reported. Pure. */
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
import { datedPermitsOf } from './dated-permits.js';
import type { LiveRule } from '../ec2/port.js';
import { isUnreadPrefixList, prefixListIdsOf, type PrefixListContents } from './prefix-lists.js';

export interface PlanContext extends Pick<PrefixListContents, 'addresses'> {
  /** The current day in UTC, as `YYYY-MM-DD`. A `permit` holds through the day of its `until`. */
  readonly today: string;
  /** The account that owns the group. If absent, only groups without an account count as its own. */
  readonly accountId?: string;
}

/** A limit that the live rules break. */
export interface BrokenLimit {
  readonly limit: Limit;
  /** One part for each rule and bound. */
  readonly parts: readonly BrokenPart[];
}

/** A rule, and its traffic that breaks the bound. */
export interface BrokenPart {
  readonly rule: LiveRule;
  readonly bound: Bound;
  readonly traffic: readonly Traffic[];
}

/** The bounds of a limit in one direction, with what its permits allow today. */
export class DirectedLimit {
  readonly bounds: readonly Bound[];
  /** The bounds whose prefix lists could all be read. The other bounds change nothing. */
  readonly certain: readonly Bound[];
  readonly options: BoundOptions;

  constructor(
    readonly limit: Limit,
    direction: Direction,
    { today, accountId, addresses }: PlanContext,
  ) {
    const permitted = datedPermitsOf(limit, today).flatMap(({ isOver, rules }) =>
      isOver ? [] : rules.filter((rule) => rule.direction === direction),
    );
    const isRead = (source: Source): boolean => !isUnreadPrefixList(source, addresses);
    this.bounds = directedBoundsOfLimit(limit, direction);
    this.certain = permitted.every(({ source }) => isRead(source)) ? this.bounds.filter(({ senders }) => senders.every(isRead)) : [];
    this.options = { accountId, addresses, permitted };
  }

  /** Returns the rules that break the limit. */
  breaking<R extends Rule>(rules: readonly R[]): readonly R[] {
    return this.atFault(rules, this.bounds);
  }

  /** Returns the rules that break the limit even if the prefix lists that could not be read are as favorable as possible. */
  certainlyBreaking<R extends Rule>(rules: readonly R[]): readonly R[] {
    if (this.certain.length === 0) return [];
    const { addresses = new Map() } = this.options;
    return this.atFault(
      rules.filter(({ source }) => !isUnreadPrefixList(source, addresses)),
      this.certain,
    );
  }

  /**
   * Returns the rules that go beyond the bounds alone, and those of the other rules that do so together. A narrow block is not at fault if
   * it is beyond a bound only because a wider rule contains it: without the wider rule, the group is within the bound.
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

  /** Returns how the rules break the limit, or `undefined` if they do not. */
  broken(rules: readonly LiveRule[]): BrokenLimit | undefined {
    if (this.breaking(rules).length === 0) return undefined;
    const parts = this.bounds.flatMap((bound) =>
      this.atFault(rules, [bound]).map((rule) => ({
        rule,
        bound,
        traffic: bound.services.flatMap((service) => commonTraffic(service, rule.traffic) ?? []),
      })),
    );
    return { limit: this.limit, parts };
  }
}

/** Reports whether the rules break one of the limits. Judges most limits in one step, because most groups break none. */
export function breaksAnyLimit(rules: readonly Rule[], limits: readonly DirectedLimit[]): boolean {
  const isPlain = ({ options }: DirectedLimit): boolean => options.permitted?.length === 0;
  const plain = limits.filter(isPlain);
  const bounds = plain.flatMap((limit) => limit.bounds);
  return (
    (bounds.length > 0 && accessBeyond(rules, bounds, plain[0]?.options).rules.length > 0) ||
    limits.some((limit) => !isPlain(limit) && limit.breaking(rules).length > 0)
  );
}

export function directedBoundsOfLimit({ ingress, egress = [] }: Limit, direction: Direction): readonly Bound[] {
  return direction === 'ingress' ? ingress : egress;
}

/** What happens to rules that break limits. Each rule is in at most one list. */
export interface LimitRepair<R extends Rule> {
  /** Rules to revoke whole. */
  readonly revoke: ReadonlyMap<R, readonly Limit[]>;
  /** Rules that `pieces` replace. */
  readonly narrow: ReadonlyMap<R, readonly Limit[]>;
  /** The rules that replace the narrowed rules. Together with the other rules, they let in the allowed traffic. */
  readonly pieces: readonly Rule[];
  /** Rules that stay because they cannot be narrowed. */
  readonly stuck: ReadonlyMap<R, readonly Limit[]>;
  /** Rules that stay because a prefix list could not be read, so they may be within the limits. */
  readonly unsure: ReadonlyMap<R, readonly Limit[]>;
}

/**
 * Decides how the rules are brought within the limits. All rules have one direction. A second repair of the rules that remain changes
 * nothing.
 *
 * @param fixed rules that stay whatever the limits say.
 * @param ownerOf returns the owner of a rule. A rule never replaces a rule of another owner. `null` means that no rule can replace the rule.
 */
export function repairBrokenLimits<R extends Rule>(
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
        const near = others.filter((other) => other !== rule && mayAffectNarrowing(other, rule, narrowing));
        const own = narrowing.filter(({ limit }) => broken.includes(limit));
        return ownerOf(rule) === null || narrowToLimits([rule], own, near) === undefined;
      });
    const staying = [...fixed, ...rest.filter((rule) => !narrow.has(rule))];
    // A rule may fail only because of other rules that are narrowed too, so those do not count here.
    const fails = failingBeside(staying);
    const pieces = fails.length > 0 ? undefined : piecesOfNarrowedRules([...narrow.keys()], narrowing, staying, ownerOf);
    if (pieces !== undefined) return { revoke, narrow, pieces, stuck, unsure };
    // A part of a prefix list may be too wide only together with other rules.
    const lists = (): typeof fails => [...narrow].filter(([{ source }]) => source.kind === 'prefixList');
    const given = [() => fails, () => failingBeside([...fixed, ...rest]), lists, () => [...narrow]];
    for (const [rule, broken] of firstNonEmptyList(given))
      (broken.some(({ otherwise }) => otherwise === 'revoke') ? revoke : stuck).set(rule, broken);
    rest = rest.filter((rule) => !revoke.has(rule));
  }
}

/** Returns the limits that each of the rules breaks together with the fixed rules. */
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

/** Reports whether the other rule may change how the limits narrow the rule. Saves most of the time in large groups. */
function mayAffectNarrowing(other: Rule, rule: Rule, limits: readonly DirectedLimit[]): boolean {
  const isOpaque = [other, rule].some(({ source }) => source.kind === 'prefixList');
  return (
    isOpaque || rulesOverlap(other, rule) || limits.some(({ bounds }) => bounds.some(({ notWiderThan }) => notWiderThan !== undefined))
  );
}

function firstNonEmptyList<T>(lists: readonly (() => readonly T[])[]): readonly T[] {
  for (const list of lists) {
    const found = list();
    if (found.length > 0) return found;
  }
  return [];
}

/** Returns the rules that replace the given rules, or `undefined` if the given rules cannot be narrowed. */
function piecesOfNarrowedRules<R extends Rule>(
  rules: readonly R[],
  limits: readonly DirectedLimit[],
  staying: readonly Rule[],
  ownerOf: (rule: R) => unknown,
): readonly Rule[] | undefined {
  const ofOwners = [...new Set(rules.map(ownerOf))].map((owner) => rules.filter((rule) => ownerOf(rule) === owner));
  // Narrowed together, the rules need the fewest pieces. But then a block that is too wide also removes the narrow blocks in it.
  return (
    narrowInParts(ofOwners, limits, staying) ??
    narrowInParts(
      rules.map((rule) => [rule]),
      limits,
      staying,
    )
  );
}

function narrowInParts(
  parts: readonly (readonly Rule[])[],
  limits: readonly DirectedLimit[],
  staying: readonly Rule[],
): readonly Rule[] | undefined {
  const pieces: Rule[] = [];
  // No piece relies on a prefix list, because its entries may change and the safety envelope does not know them.
  for (const rules of parts) {
    const narrower = narrowToLimits(rules, limits, [...staying.filter(({ source }) => source.kind !== 'prefixList'), ...pieces]);
    if (narrower === undefined) return undefined;
    pieces.push(...narrower);
  }
  // The blocks of several parts may be too wide only in combination.
  const keys = new Set(parts.flat().map(ruleKey));
  const isWithin = limits.every((limit) => {
    const beyond = new Set(limit.certainlyBreaking([...staying, ...pieces]));
    return !pieces.some((piece) => beyond.has(piece) || keys.has(ruleKey(piece)));
  });
  return isWithin ? pieces : undefined;
}

/** A rule that needs more rules instead is not narrowed. EC2's default quota is 60 rules of one direction. */
const MAX_RULES = 60;

/** Returns the part of the rules that every limit allows, without the traffic that the carried rules let in anyway. */
function narrowToLimits(rules: readonly Rule[], limits: readonly DirectedLimit[], carried: readonly Rule[]): readonly Rule[] | undefined {
  let pieces: readonly Rule[] | undefined = rules;
  // The next limit may forbid a carried rule. So the first round applies all limits without relying on the carried rules.
  for (const carrying of [[], carried])
    for (const { certain, options } of limits)
      if (pieces !== undefined && certain.length > 0)
        pieces = narrowRules(pieces, certain, { ...options, carried: carrying, maxRules: MAX_RULES * rules.length });
  return pieces;
}

/** Returns the traffic that both contain. */
function commonTraffic(a: Traffic, b: Traffic): Traffic | undefined {
  const asRule = (traffic: Traffic): Rule => ({ direction: 'ingress', traffic, source: { kind: 'group', groupId: '' } });
  if (ruleCovers(asRule(a), asRule(b))) return b;
  if (ruleCovers(asRule(b), asRule(a))) return a;
  if (a.kind !== 'ports' || b.kind !== 'ports' || a.protocol !== b.protocol) return undefined;
  const [fromPort, toPort] = [Math.max(a.fromPort, b.fromPort), Math.min(a.toPort, b.toPort)];
  return fromPort <= toPort ? { ...a, fromPort, toPort } : undefined;
}

/**
 * Returns the ids of the prefix lists whose entries decide the plan: the lists in the live rules, and those that the declaration names.
 * Empty without limits, unless the baseline bounds the rules of other owners.
 */
export function prefixListsToPlan({ baseline, limits }: Declaration, live: readonly Rule[]): readonly string[] {
  const isBoundingOwners = baseline?.ignore.some(({ within }) => within !== undefined && within.length > 0) === true;
  if (limits.length === 0 && !isBoundingOwners) return [];
  return prefixListIdsOf([...live.map(({ source }) => source), ...sourcesInDeclaration({ baseline, limits })]);
}

/** Returns all sources that the baseline and the limits name. */
export function sourcesInDeclaration({ baseline, limits }: Declaration): readonly Source[] {
  const { ingress = [], egress = [], ignore = [] } = baseline ?? {};
  const permits = [...limits, ...(baseline === undefined ? [] : [baseline])].flatMap(({ permit }) => permit.flatMap(({ rules }) => rules));
  const within = ignore.flatMap((clause) => clause.within ?? []);
  return [
    ...[...ingress, ...egress, ...permits, ...within].map(({ source }) => source),
    ...limits.flatMap((limit) => [...limit.ingress, ...(limit.egress ?? [])].flatMap(({ senders }) => senders)),
  ];
}

/** Returns the ids of the prefix lists that decide whether these limits are broken. */
export function prefixListsOfBrokenLimits(broken: readonly BrokenLimit[]): readonly string[] {
  return prefixListIdsOf(broken.flatMap(({ parts }) => parts.flatMap(({ rule, bound }) => [rule.source, ...bound.senders])));
}
