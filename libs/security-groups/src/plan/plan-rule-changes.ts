/** Plans which rules to authorize and revoke so that a group matches its baseline and obeys its limits. Pure. */
import type { Baseline, Declaration, IgnoreClause, Limit, Permit } from '@portcullis/baseline';
import {
  compareRuleAccess,
  compareRules,
  diffRules,
  diffRulesByAccess,
  ruleKey,
  rulesOverlap,
  type Direction,
  type Rule,
  type RuleDiff,
} from '@portcullis/permission-diff';
import {
  boundsToPlan,
  breaksAnyLimit,
  DirectedLimit,
  planLimitRepair,
  type BrokenLimit,
  type PlanContext,
  type LimitRepair,
} from './limits.js';
import { datedPermitsToPlan, type DatedPermit } from './dated-permits.js';
import type { LiveRule } from '../ec2/port.js';
import { isUnreadPrefixList } from './prefix-lists.js';

export interface Planned<R extends Rule> {
  readonly rule: R;
  /** Why the rule is in the plan, in words for people. */
  readonly reason: string;
}

/** A rule to authorize or to revoke. */
export interface PlannedChange<R extends Rule> extends Planned<R> {
  /**
   * The mode of the baseline, or of the limit that the rule breaks. Only changes in mode `enforce` are ever applied: see
   * `baselineAfterApproval`.
   */
  readonly mode: Baseline['mode'];
}

export interface Tolerated extends Planned<LiveRule> {
  /** The `ignore` clause that tolerates the rule. Absent if a `permit` tolerates the rule. */
  readonly ignoredBy?: IgnoreClause;
}

export interface Plan {
  /** Declared rules that are missing, and rules that replace wider rules, in canonical order. */
  readonly authorize: readonly PlannedChange<Rule>[];
  /** Live rules that are not declared, or that break a limit, in canonical order. */
  readonly revoke: readonly PlannedChange<LiveRule>[];
  /** Undeclared live rules that stay because of `permit` or `ignore`. */
  readonly tolerated: readonly Tolerated[];
  /**
   * Live rules that stay because they are declared, or because the baseline does not declare rules for their direction.
   */
  readonly kept: readonly LiveRule[];
  /** Every declared rule that the limits allow, live or missing. Includes the rules that replace wider rules. */
  readonly declared: readonly Rule[];
  /** The enforced and the reported limits that the live rules break. */
  readonly broken: readonly BrokenLimit[];
}

/** Returns the rule of each planned change. */
export function rulesOfPlannedChanges<R extends Rule>(planned: readonly Pick<Planned<R>, 'rule'>[]): R[] {
  return planned.map(({ rule }) => rule);
}

/**
 * Returns the plan for a group that has the rules `live`. Egress rules change only if the baseline declares egress rules or a limit has
 * egress bounds. With `compare: access`, a live rule that allows only declared traffic stays, even if its spelling differs from the
 * declared rules.
 *
 * Limits take precedence over the baseline. If a declared rule breaks an enforced limit, at most the part that the limit allows is
 * authorized.
 */
export function planRuleChanges(declaration: Declaration, live: readonly LiveRule[], context: PlanContext): Plan {
  const plans = DIRECTIONS.map((direction) =>
    new DirectedPlan(
      declaration,
      direction,
      live.filter((rule) => rule.direction === direction),
      context,
    ).plan(),
  );
  return {
    authorize: plans.flatMap(({ authorize }) => authorize),
    revoke: plans.flatMap(({ revoke }) => revoke),
    tolerated: plans.flatMap(({ tolerated }) => tolerated),
    kept: plans.flatMap(({ kept }) => kept),
    declared: plans.flatMap(({ declared }) => declared),
    broken: declaration.limits.flatMap((limit) => {
      const parts = plans.flatMap(({ broken }) => broken.filter((each) => each.limit === limit).flatMap((each) => each.parts));
      return parts.length === 0 ? [] : { limit, parts };
    }),
  };
}

/** Reports whether the plan contains no changes. */
export function isAtBaseline({ authorize, revoke }: Pick<Plan, 'authorize' | 'revoke'>): boolean {
  return authorize.length === 0 && revoke.length === 0;
}

/** Reports whether a change of the plan needs an approval. */
export function planNeedsApproval({ authorize, revoke }: Pick<Plan, 'authorize' | 'revoke'>): boolean {
  return [...authorize, ...revoke].some(({ mode }) => mode === 'approve');
}

/** Returns the plan with only its changes in mode `enforce`. A rule whose revocation is not in mode `enforce` becomes a tolerated rule. */
export function enforcedPartOfPlan(plan: Plan, { baseline }: Declaration): Plan {
  const isEnforced = ({ mode }: PlannedChange<Rule>): boolean => mode === 'enforce';
  const authorize = plan.authorize.filter(isEnforced);
  const tolerated = [...plan.tolerated, ...plan.revoke.filter((planned) => !isEnforced(planned))];
  const staying = [...plan.kept, ...rulesOfPlannedChanges(tolerated)];
  return {
    ...plan,
    authorize,
    revoke: plan.revoke.filter(isEnforced),
    tolerated,
    // Without an enforced baseline, every rule that stays counts as declared, so that no call interrupts its traffic.
    declared: DIRECTIONS.flatMap((direction) => {
      const isRestored = baseline?.mode === 'enforce' && declaredRulesToPlan(baseline, direction) !== undefined;
      return (isRestored ? plan.declared : [...staying, ...rulesOfPlannedChanges(authorize)]).filter(
        (rule) => rule.direction === direction,
      );
    }),
  };
}

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

/** Returns the declared rules of this direction, or `undefined` if the baseline does not declare this direction. */
function declaredRulesToPlan(baseline: Baseline, direction: Direction): readonly Rule[] | undefined {
  return direction === 'ingress' ? baseline.ingress : baseline.egress;
}

/** Plans the changes in one direction. */
class DirectedPlan {
  private readonly enforced: readonly DirectedLimit[];
  private readonly reported: readonly DirectedLimit[];

  constructor(
    { baseline, limits }: Declaration,
    private readonly direction: Direction,
    private readonly live: readonly LiveRule[],
    private readonly context: PlanContext,
  ) {
    const directed = limits.flatMap((limit) =>
      boundsToPlan(limit, direction).length === 0 ? [] : new DirectedLimit(limit, direction, context),
    );
    this.enforced = directed.filter(({ limit }) => limit.mode === 'enforce');
    this.reported = directed.filter(({ limit }) => limit.mode === 'report');
    this.baseline = baseline !== undefined && declaredRulesToPlan(baseline, direction) !== undefined ? baseline : undefined;
  }

  private readonly baseline: Baseline | undefined;

  plan(): Plan {
    const { baseline, live, enforced, reported } = this;
    if (baseline === undefined && enforced.length + reported.length === 0) return NO_PLAN;
    const all = [...enforced, ...reported];
    const isBroken = breaksAnyLimit(live, all);
    if (baseline === undefined && !isBroken) return { ...NO_PLAN, kept: live };
    return { ...this.report(this.enforce()), broken: isBroken ? all.flatMap((limit) => limit.broken(live) ?? []) : [] };
  }

  /** Returns the plan without the limits in mode `report`. */
  private enforce(): Plan {
    const { baseline, live } = this;
    const isRestored = baseline?.mode === 'enforce';
    const plan = this.compare(live);
    // A rule stays in the group if its revocation is only reported.
    const reported = plan.revoke.filter(({ mode }) => mode === 'report');
    const ignoredBy = (rule: LiveRule): IgnoreClause | undefined => baseline?.ignore.find((clause) => planIgnoresRule(clause, rule));
    const owners = new Map<Rule, unknown>([
      ...plan.tolerated.map((each) => [each.rule, ownerOfIgnoredRule(each.ignoredBy)] as const),
      ...reported.map(({ rule }) => [rule, ownerOfIgnoredRule(ignoredBy(rule))] as const),
    ]);
    const repair = isRestored
      ? planLimitRepair(
          [...rulesOfPlannedChanges(plan.tolerated), ...rulesOfPlannedChanges(reported)],
          this.enforced,
          plan.declared,
          (rule) => owners.get(rule),
        )
      : planLimitRepair(live, this.enforced);
    if (repair.revoke.size + repair.narrow.size === 0) return planWithLimitRepair(plan, repair, 'enforce');
    // The repair removes the rules to revoke or narrow, so the baseline is compared only with the rules that stay.
    const left = this.compare(live.filter((rule) => !repair.revoke.has(rule) && !repair.narrow.has(rule)));
    const leaving = [...repair.revoke.keys(), ...repair.narrow.keys()];
    const authorize = left.authorize
      .filter(({ mode, rule }) => mode === 'enforce' || diffRules([rule], live).kept.length === 0)
      // An enforced limit revokes a rule without an approval. So the declared traffic of this rule is restored without an approval, too.
      .map((planned) =>
        planned.mode === 'approve' && leaving.some((rule) => rulesOverlap(rule, planned.rule))
          ? { ...planned, mode: 'enforce' as const }
          : planned,
      );
    return planWithLimitRepair({ ...left, authorize }, repair, 'enforce');
  }

  private compare(live: readonly LiveRule[]): Plan {
    return this.baseline === undefined ? { ...NO_PLAN, kept: live } : this.compareWith(this.baseline, live);
  }

  /** Plans how to restore the declared rules, as far as the enforced limits allow these rules. */
  private compareWith(baseline: Baseline, live: readonly LiveRule[]): Plan {
    const { context, enforced } = this;
    const { name, compare, mode } = baseline;
    const { today } = context;
    const whole = declaredRulesToPlan(baseline, this.direction) ?? [];
    const liveKeys = new Set(live.map(ruleKey));
    const first = planLimitRepair(whole, enforced);
    // A declared rule that breaks a limit and cannot be narrowed is never authorized. If such a rule is missing, the plan for the other
    // declared rules ignores this rule.
    const dropped = new Map([...first.stuck].filter(([rule]) => !liveKeys.has(ruleKey(rule))));
    const restorable = whole.filter((rule) => !dropped.has(rule));
    const repair = dropped.size === 0 ? first : planLimitRepair(restorable, enforced);
    const left = new Map([...repair.revoke, ...repair.narrow, ...dropped]);
    const allowed = [...whole.filter((rule) => !left.has(rule)), ...repair.pieces];
    // A missing declared rule is not authorized if a limit with an unread prefix list can forbid the rule.
    const doubtful = [...planLimitRepair(allowed, enforced).unsure.keys()].filter((rule) => !liveKeys.has(ruleKey(rule)));
    const declared = allowed.filter((rule) => !doubtful.includes(rule));
    const refused = new Map([...left].map(([rule, limits]) => [ruleKey(rule), limits]));
    const permits = datedPermitsToPlan(baseline, today).map((permit) => ({
      ...permit,
      rules: permit.rules.filter((rule) => rule.direction === this.direction),
    }));
    // Live rules within a rule in `doubtful` are not revoked, because the limits possibly allow these live rules.
    const inForce = [
      ...permits.filter(({ isOver }) => !isOver),
      ...(doubtful.length === 0 ? [] : [{ rules: doubtful, isOver: false, reason: UNREAD }]),
    ];
    // With `repair: narrow`, a permit also tolerates rules within the permitted rule, because a limit may have narrowed the permitted rule.
    const isNarrowing = enforced.some(({ limit }) => limit.repair === 'narrow');
    const isPermitted = compare === 'access' || isNarrowing ? coveredByPermittedRules : equalToPermittedRules;
    const { missing, excess, kept } = COMPARE[compare](
      declared,
      live,
      inForce.flatMap(({ rules }) => rules),
      isPermitted,
    );

    const revoke: PlannedChange<LiveRule>[] = [];
    const tolerated: Tolerated[] = [];
    // A rule counts as tolerated if it stays only because of a permit.
    const permitted = COMPARE[compare](declared, kept, [], isPermitted).excess;
    for (const rule of permitted) tolerated.push({ rule, reason: planReasonOfPermit(permitThatTolerates(rule, inForce, isPermitted)) });
    for (const rule of excess) {
      const matching = baseline.ignore.filter((clause) => planIgnoresRule(clause, rule));
      const ignored = matching.find(({ within }) => within === undefined || planToleratesWithin(rule, within, context));
      if (ignored !== undefined) tolerated.push({ rule, reason: `ignored: ${planReasonOfIgnoring(ignored)}`, ignoredBy: ignored });
      else {
        const [bounding] = matching;
        const ended = permitThatTolerates(rule, permits, isPermitted)?.until;
        const limits = refused.get(ruleKey(rule));
        const reason =
          limits !== undefined
            ? planReasonOfLimits(limits)
            : bounding !== undefined
              ? `beyond the bounds of its \`ignore\` clause: ${planReasonOfIgnoring(bounding)}`
              : ended === undefined
                ? `not declared by \`${name}\``
                : `permitted only until ${ended}`;
        const isGuess = matching.some(({ within = [] }) => planMayTolerateWithin(rule, within, context));
        revoke.push({ rule, reason, mode: isGuess ? 'report' : mode });
      }
    }
    const pieces = new Set(repair.pieces);
    const unsure = COMPARE[compare](doubtful, live, [], isPermitted).missing;
    return {
      authorize: [
        ...missing.map((rule) => ({
          rule,
          reason: pieces.has(rule) ? `the part of a rule declared by \`${name}\` that the limits allow` : `declared by \`${name}\``,
          mode,
        })),
        ...unsure.map((rule) => ({ rule, reason: `declared by \`${name}\`, but may break a limit: ${UNREAD}`, mode: 'report' as const })),
      ].sort(byOrderOfPlannedRules),
      revoke: revoke.sort(byOrderOfPlannedRules),
      tolerated: tolerated.sort(byOrderOfPlannedRules),
      kept: kept.filter((rule) => !permitted.includes(rule)),
      declared,
      broken: [],
    };
  }

  /** Adds the changes that the limits in mode `report` would make to the rules that stay. */
  private report(plan: Plan): Plan {
    const leaving = new Set(plan.revoke.flatMap(({ rule, mode }) => (mode === 'enforce' ? rule : [])));
    const staying = this.live.filter((rule) => !leaving.has(rule));
    const repair = planLimitRepair(staying, this.reported);
    // The changes for limits in mode `report` are never applied, so `declared` stays the same.
    return { ...planWithLimitRepair(plan, repair, 'report'), declared: plan.declared };
  }
}

const NO_PLAN: Plan = { authorize: [], revoke: [], tolerated: [], kept: [], declared: [], broken: [] };

/**
 * Returns the plan with the changes of the repair. If there are several reasons to change a rule, a reason in mode `enforce` takes
 * precedence.
 */
function planWithLimitRepair(
  plan: Plan,
  { revoke, narrow, pieces, stuck, unsure }: LimitRepair<LiveRule>,
  mode: PlannedChange<Rule>['mode'],
): Plan {
  if (revoke.size + narrow.size + stuck.size + unsure.size === 0) return plan;
  const changes = new Map<LiveRule, PlannedChange<LiveRule>>(plan.revoke.map((planned) => [planned.rule, planned]));
  const add = (broken: ReadonlyMap<LiveRule, readonly Limit[]>, itsMode: PlannedChange<Rule>['mode']): void => {
    for (const [rule, limits] of broken)
      if (changes.get(rule)?.mode !== 'enforce' && (itsMode === 'enforce' || !changes.has(rule)))
        changes.set(rule, { rule, reason: planReasonOfLimits(limits), mode: itsMode });
  };
  add(revoke, mode);
  add(narrow, mode);
  add(stuck, 'report');
  add(unsure, 'report');
  const authorize = new Map(plan.authorize.map((planned) => [ruleKey(planned.rule), planned]));
  for (const rule of pieces)
    if (authorize.get(ruleKey(rule))?.mode !== 'enforce')
      authorize.set(ruleKey(rule), { rule, reason: 'the part of a wider rule that the limits allow', mode });
  return {
    ...plan,
    authorize: [...authorize.values()].sort(byOrderOfPlannedRules),
    revoke: [...changes.values()].sort(byOrderOfPlannedRules),
    tolerated: plan.tolerated.filter(({ rule }) => !changes.has(rule)),
    kept: plan.kept.filter((rule) => !changes.has(rule)),
    declared: [...plan.declared, ...pieces],
  };
}

function planReasonOfLimits(limits: readonly Limit[]): string {
  return `broken limit${limits.length === 1 ? '' : 's'} ${limits.map(({ name }) => `\`${name}\``).join(', ')}`;
}

function byOrderOfPlannedRules(a: Planned<Rule>, b: Planned<Rule>): number {
  return compareRules(a.rule, b.rule);
}

type Compare = (
  declared: readonly Rule[],
  live: readonly LiveRule[],
  permitted: readonly Rule[],
  isPermitted: Match,
) => RuleDiff<Rule, LiveRule>;

/** The function that compares rules, for each value of `compare` in a baseline. */
const COMPARE: Readonly<Record<Baseline['compare'], Compare>> = {
  rules: (declared, live, permitted, isPermitted) => {
    const { missing, excess, kept } = diffRules(declared, live);
    const stays = isPermitted(permitted, excess);
    return { missing, excess: stays.excess, kept: [...kept, ...stays.kept] };
  },
  access: (declared, live, permitted) => diffRulesByAccess(declared, live, permitted),
};

type Match = (permitted: readonly Rule[], live: readonly LiveRule[]) => Pick<RuleDiff<Rule, LiveRule>, 'excess' | 'kept'>;

function equalToPermittedRules(permitted: readonly Rule[], live: readonly LiveRule[]): ReturnType<Match> {
  return diffRules(permitted, live);
}

function coveredByPermittedRules(permitted: readonly Rule[], live: readonly LiveRule[]): ReturnType<Match> {
  return diffRulesByAccess([], live, permitted);
}

/** Returns the first permit that alone tolerates the rule. */
function permitThatTolerates(rule: LiveRule, permits: readonly DatedPermit[], isPermitted: Match): DatedPermit | undefined {
  return permits.find(({ rules }) => isPermitted(rules, [rule]).kept.length > 0);
}

const UNREAD = 'a prefix list could not be read';

/**
 * @param permit the permit that tolerates the rule. Undefined if no single permit tolerates the rule, but several permits or declared rules
 * do together.
 */
function planReasonOfPermit(permit: Permit | undefined): string {
  if (permit === undefined) return 'permitted';
  const { until, reason } = permit;
  return `permitted${until === undefined ? '' : ` until ${until}`}${reason === undefined ? '' : `: ${reason}`}`;
}

/**
 * Returns `null` for a rule that is ignored because of its tag. The rule cannot be narrowed, because a narrower rule would not have the
 * tag.
 */
function ownerOfIgnoredRule(ignoredBy: IgnoreClause | undefined): IgnoreClause | null | undefined {
  return ignoredBy !== undefined && 'tag' in ignoredBy ? null : ignoredBy;
}

/** Reports whether the rules in `within` allow all traffic of the rule. */
function planToleratesWithin(rule: Rule, within: readonly Rule[], { addresses }: PlanContext): boolean {
  return (
    compareRuleAccess(
      within.filter(({ direction }) => direction === rule.direction),
      [rule],
      addresses,
    ).excess.length === 0
  );
}

/**
 * Reports whether the rules in `within` may allow all traffic of the rule, depending on the entries of unread prefix lists.
 */
function planMayTolerateWithin(rule: Rule, within: readonly Rule[], context: PlanContext): boolean {
  const isUnknown = (each: Rule): boolean => [rule, each].some((one) => isUnreadPrefixList(one.source, context.addresses));
  return planToleratesWithin(
    rule,
    within.map((each) => (isUnknown(each) ? { ...each, source: rule.source } : each)),
    context,
  );
}

function planIgnoresRule(clause: IgnoreClause, rule: LiveRule): boolean {
  if ('descriptionPrefix' in clause) return rule.description?.startsWith(clause.descriptionPrefix) ?? false;
  if ('tag' in clause) {
    const value = Object.hasOwn(rule.tags, clause.tag.key) ? rule.tags[clause.tag.key] : undefined;
    return value !== undefined && (clause.tag.value === undefined || clause.tag.value === value);
  }
  if ('sourceGroup' in clause) return rule.source.kind === 'group' && rule.source.groupId === clause.sourceGroup;
  return rule.source.kind === 'prefixList' && rule.source.prefixListId === clause.prefixList;
}

function planReasonOfIgnoring(clause: IgnoreClause): string {
  if ('descriptionPrefix' in clause) return `its description begins with \`${clause.descriptionPrefix}\``;
  if ('tag' in clause) return `it has the tag \`${clause.tag.key}\`${clause.tag.value === undefined ? '' : ` = \`${clause.tag.value}\``}`;
  if ('sourceGroup' in clause) return `its source is \`${clause.sourceGroup}\``;
  return `its source is \`${clause.prefixList}\``;
}
