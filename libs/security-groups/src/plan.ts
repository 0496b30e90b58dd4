/** What to authorize and what to revoke to bring a group to its baseline, each with its reason. Pure: it changes nothing. */
import type { Baseline, IgnoreClause } from '@portcullis/baseline';
import {
  compareRules,
  diffRules,
  InvalidPermissionError,
  permissionsOf,
  readRules,
  type Direction,
  type IpPermission,
  type Rule,
} from '@portcullis/permission-diff';
import type { LiveRule } from './live-rule.js';

export interface Planned<R extends Rule> {
  readonly rule: R;
  /** Why, for a person. */
  readonly reason: string;
}

export interface Plan {
  /** Declared and not there, in canonical order. */
  readonly authorize: readonly Planned<Rule>[];
  /** There and not declared, in canonical order. */
  readonly revoke: readonly Planned<LiveRule>[];
  /** Not declared and left alone all the same: tolerated by `permit`, or somebody else's by `ignore`. */
  readonly tolerated: readonly Planned<LiveRule>[];
}

/**
 * Returns the plan for a group with the rules `live`. Egress is looked at only where the baseline declares it.
 *
 * @param today the day it is, UTC, as `YYYY-MM-DD`: a `permit` holds through the day of its `until`.
 */
export function planFor(baseline: Baseline, live: readonly LiveRule[], today: string): Plan {
  const required = requiredRules(baseline);
  const looked = baseline.egress === undefined ? live.filter((rule) => rule.direction === 'ingress') : live;
  const { missing, excess } = diffRules(required, looked);
  const permits = baseline.permit.map((permit) => ({
    ...permit,
    rules: rulesOf([permit.permission], permit.direction),
    over: permit.until !== undefined && permit.until < today,
  }));
  const permitOf = (rule: Rule, over: boolean) =>
    permits.find((permit) => permit.over === over && diffRules(permit.rules, [rule]).excess.length === 0);

  const revoke: Planned<LiveRule>[] = [];
  const tolerated: Planned<LiveRule>[] = [];
  for (const rule of [...excess].sort(compareRules)) {
    const permit = permitOf(rule, false);
    const ignored = baseline.ignore.find((clause) => matches(clause, rule));
    if (permit !== undefined) {
      const end = permit.until === undefined ? '' : ` until ${permit.until}`;
      tolerated.push({ rule, reason: `permitted${end}${permit.reason === undefined ? '' : `: ${permit.reason}`}` });
    } else if (ignored !== undefined) {
      tolerated.push({ rule, reason: `ignored: ${describeClause(ignored)}` });
    } else {
      const ended = permitOf(rule, true);
      revoke.push({
        rule,
        reason:
          ended === undefined ? `not declared by \`${baseline.name}\`` : `permitted only until ${String(ended.until)}`,
      });
    }
  }
  const authorize = [...missing]
    .sort(compareRules)
    .map((rule) => ({ rule, reason: `declared by \`${baseline.name}\`` }));
  return { authorize, revoke, tolerated };
}

/** Reports whether the group is at its baseline. */
export function isAtBaseline(plan: Plan): boolean {
  return plan.authorize.length === 0 && plan.revoke.length === 0;
}

/** Returns the rules as permissions, ingress before egress; which is which is lost. */
export function permissionsOfBoth(rules: readonly Rule[]): IpPermission[] {
  return DIRECTIONS.flatMap((direction) => permissionsOf(rules.filter((rule) => rule.direction === direction)));
}

export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

function requiredRules(baseline: Baseline): readonly Rule[] {
  return [...rulesOf(baseline.ingress, 'ingress'), ...rulesOf(baseline.egress ?? [], 'egress')];
}

function rulesOf(permissions: readonly IpPermission[], direction: Direction): readonly Rule[] {
  // A compiled baseline was checked when it was loaded, so this is our mistake and not the owner's.
  const read = readRules(permissions, { direction, path: direction });
  if (!read.ok) throw new InvalidPermissionError(read.problems);
  return read.value;
}

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
  if ('tag' in clause)
    return `it has the tag \`${clause.tag.key}\`${clause.tag.value === undefined ? '' : ` = \`${clause.tag.value}\``}`;
  if ('sourceGroup' in clause) return `its source is \`${clause.sourceGroup}\``;
  return `its source is \`${clause.prefixList}\``;
}
