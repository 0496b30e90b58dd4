/** Plans which rules to authorize and revoke to bring a group to its baseline, with a reason for each rule. Pure. */
import type { Baseline, IgnoreClause, Permit } from '@portcullis/baseline';
import { compareRules, diffRules, diffRulesByAccess, type Direction, type Rule, type RuleDiff } from '@portcullis/permission-diff';
import type { LiveRule } from './port.js';

export interface Planned<R extends Rule> {
  readonly rule: R;
  /** Why the rule is in the plan, as a text for people. */
  readonly reason: string;
}

export interface Tolerated extends Planned<LiveRule> {
  /** The `ignore` clause that matches the rule. Absent if `permit` tolerates the rule. */
  readonly ignoredBy?: IgnoreClause;
}

export interface Plan {
  /** Declared rules that are missing, in canonical order. */
  readonly authorize: readonly Planned<Rule>[];
  /** Live rules that are not declared, in canonical order. */
  readonly revoke: readonly Planned<LiveRule>[];
  /** Undeclared live rules that stay because of `permit` or `ignore`. */
  readonly tolerated: readonly Tolerated[];
  /** Live rules that the baseline declares. */
  readonly kept: readonly LiveRule[];
  /** All declared rules, missing or not. */
  readonly declared: readonly Rule[];
}

/** Returns the rules of planned changes. */
export function rulesOf<R extends Rule>(planned: readonly Pick<Planned<R>, 'rule'>[]): R[] {
  return planned.map(({ rule }) => rule);
}

/**
 * Returns the plan for a group that has the rules `live`. Egress is compared only if the baseline declares egress. With `compare: access`,
 * `planAccess` makes the plan: a rule that lets in only declared traffic stays, regardless of its spelling.
 *
 * @param today the current day in UTC, as `YYYY-MM-DD`. A `permit` holds through the day of its `until`.
 */
export function planFor(baseline: Baseline, live: readonly LiveRule[], today: string): Plan {
  const { name, compare } = baseline;
  const declared = [...baseline.ingress, ...(baseline.egress ?? [])];
  const compared = baseline.egress === undefined ? live.filter(({ direction }) => direction === 'ingress') : live;
  const permits = permitsOf(baseline, today);
  const inForce = permits.filter(({ isOver }) => !isOver);
  const { missing, excess, kept } = COMPARE[compare](
    declared,
    compared,
    inForce.flatMap(({ rules }) => rules),
  );

  const revoke: Planned<LiveRule>[] = [];
  const tolerated: Tolerated[] = [];
  // Some kept rules may stay only because of a permit.
  const permitted = COMPARE[compare](declared, kept, []).excess;
  for (const rule of [...permitted, ...excess].sort(compareRules)) {
    const ignored = baseline.ignore.find((clause) => matches(clause, rule));
    if (permitted.includes(rule)) tolerated.push({ rule, reason: permitReason(permitOf(rule, inForce, compare)) });
    else if (ignored !== undefined) tolerated.push({ rule, reason: `ignored: ${describeClause(ignored)}`, ignoredBy: ignored });
    else {
      const ended = permitOf(rule, permits, compare)?.until;
      revoke.push({
        rule,
        reason: ended === undefined ? `not declared by \`${name}\`` : `permitted only until ${ended}`,
      });
    }
  }
  return {
    authorize: [...missing].sort(compareRules).map((rule) => ({ rule, reason: `declared by \`${name}\`` })),
    revoke,
    tolerated,
    kept: kept.filter((rule) => !permitted.includes(rule)),
    declared,
  };
}

type Compare = (declared: readonly Rule[], live: readonly LiveRule[], permitted: readonly Rule[]) => RuleDiff<Rule, LiveRule>;

/** Returns the missing rules, the rules to revoke, and the rules that stay because they are declared or permitted. */
const COMPARE: Readonly<Record<Baseline['compare'], Compare>> = {
  rules: (declared, live, permitted) => {
    const { missing, excess, kept } = diffRules(declared, live);
    const stays = diffRules(permitted, excess);
    return { missing, excess: stays.excess, kept: [...kept, ...stays.kept] };
  },
  access: (declared, live, permitted) => {
    const inDirection = <R extends Rule>(rules: readonly R[], wanted: Direction): R[] =>
      rules.filter(({ direction }) => direction === wanted);
    const diffs = DIRECTIONS.map((direction) =>
      diffRulesByAccess(inDirection(declared, direction), inDirection(live, direction), inDirection(permitted, direction)),
    );
    return {
      missing: diffs.flatMap(({ missing }) => missing),
      excess: diffs.flatMap(({ excess }) => excess),
      kept: diffs.flatMap(({ kept }) => kept),
    };
  },
};

interface DatedPermit extends Permit {
  /** Whether the day in `until` is over. */
  readonly isOver: boolean;
}

function permitsOf({ permit }: Baseline, today: string): DatedPermit[] {
  return permit.map((each) => ({ ...each, isOver: each.until !== undefined && each.until < today }));
}

/** Returns the first permit that tolerates the rule without help from other permits. */
function permitOf(rule: LiveRule, permits: readonly DatedPermit[], compare: Baseline['compare']): DatedPermit | undefined {
  return permits.find(({ rules }) => COMPARE[compare]([], [rule], rules).kept.length > 0);
}

/** If no single permit applies, the traffic of the rule is covered by several permits, or by permits and declared rules together. */
function permitReason(permit: Permit | undefined): string {
  if (permit === undefined) return 'permitted';
  const { until, reason } = permit;
  return `permitted${until === undefined ? '' : ` until ${until}`}${reason === undefined ? '' : `: ${reason}`}`;
}

/** Reports whether the group is at its baseline. */
export function isAtBaseline(plan: Plan): boolean {
  return plan.authorize.length === 0 && plan.revoke.length === 0;
}

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

function matches(clause: IgnoreClause, rule: LiveRule): boolean {
  if ('descriptionPrefix' in clause) return rule.description?.startsWith(clause.descriptionPrefix) ?? false;
  if ('tag' in clause) {
    const value = Object.hasOwn(rule.tags, clause.tag.key) ? rule.tags[clause.tag.key] : undefined;
    return value !== undefined && (clause.tag.value === undefined || clause.tag.value === value);
  }
  if ('sourceGroup' in clause) return rule.source.kind === 'group' && rule.source.groupId === clause.sourceGroup;
  return rule.source.kind === 'prefixList' && rule.source.prefixListId === clause.prefixList;
}

function describeClause(clause: IgnoreClause): string {
  if ('descriptionPrefix' in clause) return `its description begins with \`${clause.descriptionPrefix}\``;
  if ('tag' in clause) return `it has the tag \`${clause.tag.key}\`${clause.tag.value === undefined ? '' : ` = \`${clause.tag.value}\``}`;
  if ('sourceGroup' in clause) return `its source is \`${clause.sourceGroup}\``;
  return `its source is \`${clause.prefixList}\``;
}
