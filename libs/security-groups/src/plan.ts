/** What to authorize and what to revoke to bring a group to its baseline, each with its reason. Pure: it changes nothing. */
import type { Baseline, IgnoreClause, Permit } from '@portcullis/baseline';
import { compareRules, diffRules, diffRulesByAccess, type Direction, type Rule, type RuleDiff } from '@portcullis/permission-diff';
import type { LiveRule } from './live-rule.js';

export interface Planned<R extends Rule> {
  readonly rule: R;
  /** Why, for a person. */
  readonly reason: string;
}

export interface Tolerated extends Planned<LiveRule> {
  /** The clause of `ignore` that leaves it to another owner. Absent where `permit` tolerates it. */
  readonly ignoredBy?: IgnoreClause;
}

export interface Plan {
  /** Declared and not there, in canonical order. */
  readonly authorize: readonly Planned<Rule>[];
  /** There and not declared, in canonical order. */
  readonly revoke: readonly Planned<LiveRule>[];
  /** Not declared and left alone all the same: tolerated by `permit`, or somebody else's by `ignore`. */
  readonly tolerated: readonly Tolerated[];
  /** There, and part of what is declared. */
  readonly kept: readonly LiveRule[];
  /** All that is declared, whether it is there or not. */
  readonly declared: readonly Rule[];
}

/**
 * Returns the plan for a group with the rules `live`. Egress is looked at only where the baseline declares it. With `compare: access` the
 * plan is that of `planAccess`: rules that let in nothing undeclared stay, whatever their wording.
 *
 * @param today the day it is, UTC, as `YYYY-MM-DD`: a `permit` holds through the day of its `until`.
 */
export function planFor(baseline: Baseline, live: readonly LiveRule[], today: string): Plan {
  const { name, compare } = baseline;
  const declared = [...baseline.ingress, ...(baseline.egress ?? [])];
  const looked = baseline.egress === undefined ? live.filter(({ direction }) => direction === 'ingress') : live;
  const permits = permitsOf(baseline, today);
  const holding = permits.filter(({ over }) => !over);
  const { missing, excess, kept } = COMPARE[compare](
    declared,
    looked,
    holding.flatMap(({ rules }) => rules),
  );

  const revoke: Planned<LiveRule>[] = [];
  const tolerated: Tolerated[] = [];
  // Of what stays, some may stay by a permit alone.
  const permitted = COMPARE[compare](declared, kept, []).excess;
  for (const rule of [...permitted, ...excess].sort(compareRules)) {
    const ignored = baseline.ignore.find((clause) => matches(clause, rule));
    if (permitted.includes(rule)) tolerated.push({ rule, reason: wordsOf(permitOf(rule, holding, compare)) });
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

/** What is missing, what is too much, and what may stay: declared or permitted. */
const COMPARE: Readonly<Record<Baseline['compare'], Compare>> = {
  rules: (declared, live, permitted) => {
    const { missing, excess, kept } = diffRules(declared, live);
    const stays = diffRules(permitted, excess);
    return { missing, excess: stays.excess, kept: [...kept, ...stays.kept] };
  },
  access: (declared, live, permitted) => {
    const of = <R extends Rule>(rules: readonly R[], wanted: Direction): R[] => rules.filter(({ direction }) => direction === wanted);
    const diffs = DIRECTIONS.map((way) => diffRulesByAccess(of(declared, way), of(live, way), of(permitted, way)));
    return {
      missing: diffs.flatMap(({ missing }) => missing),
      excess: diffs.flatMap(({ excess }) => excess),
      kept: diffs.flatMap(({ kept }) => kept),
    };
  },
};

interface PermitInForce extends Permit {
  readonly over: boolean;
}

function permitsOf({ permit }: Baseline, today: string): PermitInForce[] {
  return permit.map((each) => ({ ...each, over: each.until !== undefined && each.until < today }));
}

/** Returns the permit that lets the rule be, or would if it were not over. */
function permitOf(rule: LiveRule, permits: readonly PermitInForce[], compare: Baseline['compare']): PermitInForce | undefined {
  return permits.find(({ rules }) => COMPARE[compare]([], [rule], rules).kept.length > 0);
}

/** No one permit: several permits, or permits and what is declared, let in together what the rule does. */
function wordsOf(permit: PermitInForce | undefined): string {
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
