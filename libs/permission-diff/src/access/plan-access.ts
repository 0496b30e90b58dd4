/**
 * Makes plans for baselines with `compare: access`. Such a plan compares the traffic of the declared and the actual rules, not the rules
 * themselves.
 */
import { diffRules, type RuleDiff } from '../diff/diff-rules.js';
import type { PermissionDiff } from '../diff/diff-permissions.js';
import type { IpPermission } from '../rules/ec2-permission.js';
import { fillInRuleSourceAccounts } from '../diff/source-accounts.js';
import { permissionsOf } from '../diff/permissions-of.js';
import { permissionValuesOrThrow } from '../rules/problem.js';
import { readRules } from '../rules/read-rules.js';
import { compareRules, type Rule } from '../rules/rule.js';
import { serviceIntervalsOverlap } from '../rules/service.js';
import { isBlockSource, sourcesOverlap } from '../rules/source.js';
import { readAccessAddresses } from './addresses.js';
import { accessRegionsCover } from './covers.js';
import { readAccessRules, type AccessOptions } from './read-access.js';
import { accessRegionsOfRules, type Addresses, type AccessRegion } from './access-region.js';

export interface PlanAccessOptions extends AccessOptions {
  /** Traffic that is not required, but that actual rules may let in. The plan never authorizes rules for this traffic. */
  readonly permit?: readonly IpPermission[];
}

/**
 * Returns what to authorize and what to revoke. After these changes, the group lets in all required traffic, and the permitted traffic of
 * kept rules, but no other traffic. The plan keeps each actual rule that lets in only required or permitted traffic, and revokes the other
 * rules. The plan authorizes only whole required rules. The plan leaves out a required rule if the other rules of the group will let in all
 * of its traffic.
 *
 * @throws {InvalidPermissionError} listing all permissions that EC2 would refuse, from all lists.
 */
export function planAccess(
  required: readonly IpPermission[],
  actual: readonly IpPermission[],
  options: PlanAccessOptions = {},
): PermissionDiff {
  const [wanted, found, permitted, addresses] = permissionValuesOrThrow([
    readRules(required, { ...options, path: 'required' }),
    readAccessRules('actual', actual, options),
    readAccessRules('permit', options.permit ?? [], options),
    readAccessAddresses(options.addresses),
  ]);
  const { missing, excess, kept } = diffRulesByAccess(wanted, found, permitted, addresses);
  return { authorize: permissionsOf(missing), revoke: permissionsOf(excess), unchanged: permissionsOf(kept) };
}

/**
 * The same as `planAccess`, but for parsed rules of one direction. `missing` contains the rules to authorize, and `excess` the rules to
 * revoke.
 */
export function diffRulesByAccess<Required extends Rule, Actual extends Rule>(
  required: readonly Required[],
  actual: readonly Actual[],
  permitted: readonly Rule[] = [],
  addresses: Addresses = new Map(),
): RuleDiff<Required, Actual> {
  // Drop repeated rules.
  const distinct = [diffRules(required, []).missing, diffRules(actual, []).missing, diffRules(permitted, []).missing] as const;
  const filled = fillInRuleSourceAccounts(...distinct);
  const withRegions = <R extends Rule>(rules: readonly R[], list: number): readonly WithRegions<R>[] =>
    rules.map((rule, i) => ({ rule, regions: accessRegionsOfRules([filled[list]?.[i] ?? rule], addresses) }));

  const wanted = withRegions(distinct[0], 0);
  const allowed = [...wanted, ...withRegions(distinct[2], 2)];
  const kept: WithRegions<Actual>[] = [];
  const excess: Actual[] = [];
  for (const found of withRegions(distinct[1], 1)) {
    if (isAccessOfRuleCovered(found, allowed)) kept.push(found);
    else excess.push(found.rule);
  }

  // The loop drops redundant rules. Tries narrow rules first, so that fewer and wider rules remain.
  // Stryker disable next-line MethodExpression: the filter only saves time, because the loop drops the same rules
  let chosen = wanted.filter((rule) => !isAccessOfRuleCovered(rule, kept)).sort(compareRuleWidths);
  for (const candidate of [...chosen]) {
    const others = chosen.filter((other) => other !== candidate);
    if (isAccessOfRuleCovered(candidate, [...kept, ...others])) chosen = others;
  }
  const isChosen = new Set(chosen.map(({ rule }) => rule));
  const missing = required.filter((rule) => isChosen.has(rule));
  return { missing, excess, kept: kept.map(({ rule }) => rule) };
}

interface WithRegions<R extends Rule = Rule> {
  readonly rule: R;
  readonly regions: readonly AccessRegion[];
}

/** Reports whether the other rules together let in all traffic of the first rule. */
function isAccessOfRuleCovered({ regions }: WithRegions, others: readonly WithRegions[]): boolean {
  const isNear = (region: AccessRegion): boolean => regions.some((wanted) => accessRegionsOverlap(wanted, region));
  // Stryker disable next-line MethodExpression: the filter only saves time
  const near = others.flatMap((other) => other.regions.filter(isNear));
  return accessRegionsCover(near, regions);
}

function accessRegionsOverlap(a: AccessRegion, b: AccessRegion): boolean {
  // Stryker disable next-line ConditionalExpression,LogicalOperator: too many regions would only take more time
  return serviceIntervalsOverlap(a, b) && sourcesOverlap(a.source, b.source);
}

function compareRuleWidths(a: WithRegions, b: WithRegions): number {
  return widthOfAccessRegions(a) - widthOfAccessRegions(b) || compareRules(a.rule, b.rule);
}

function widthOfAccessRegions({ regions }: WithRegions): number {
  return regions.reduce(
    (width, { first, last, source }) => width + (last - first + 1) * (isBlockSource(source) ? 2 ** -source.prefixLength : 1),
    0,
  );
}
