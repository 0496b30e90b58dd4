import type { IpPermission } from '../rules/ec2-permission.js';
import { matchRules } from '../diff/match-rules.js';
import { fillInRuleSourceAccounts } from '../diff/source-accounts.js';
import type { Rule } from '../rules/rule.js';
import { accessRangesOf, type AccessRange } from './access-range.js';
import { accessRegionDifference } from './difference.js';
import { readAccessLists, type AccessOptions } from './read-access.js';
import { accessRegionsOfRules, type Addresses } from './access-region.js';

/**
 * The difference between the traffic that two sets of permissions let in. Plain data. Permissions that let in the same traffic give the
 * same comparison.
 */
export interface AccessComparison {
  /** Traffic that only the required permissions let in. Ranges are disjoint and in canonical order. */
  readonly missing: AccessRange[];
  /** Traffic that only the actual permissions let in. Ranges are disjoint and in canonical order. */
  readonly excess: AccessRange[];
  /** Whether both sets let in the same traffic. */
  readonly equal: boolean;
}

/**
 * Returns the exact difference between the traffic of two sets of permissions. Permissions that let in the same traffic give the same
 * result: `0.0.0.0/1` together with `128.0.0.0/1` equals `0.0.0.0/0`. If `required` has tcp 80-443 and `actual` has tcp 100-200, two ranges
 * are missing: 80-99 and 201-443. Both sets must have the same direction. For egress, each source is a destination. IPv4 traffic never
 * equals IPv6 traffic.
 *
 * The result is canonical. For each port, the result has the widest CIDR blocks that only one set lets in. For each of these blocks, the
 * result has the longest range of ports. Protocol `-1` is every protocol, 0 to 255 (source: EC2 API reference, IpPermission, IpProtocol).
 *
 * @throws {InvalidPermissionError} listing all permissions that EC2 would refuse, from both lists.
 */
export function compareAccess(
  required: readonly IpPermission[],
  actual: readonly IpPermission[],
  options: AccessOptions = {},
): AccessComparison {
  const { rules, addresses } = readAccessLists({ required, actual }, options);
  return compareRuleAccess(rules.required, rules.actual, addresses);
}

/** The same as `compareAccess`, but for parsed rules. All rules must have the same direction. */
export function compareRuleAccess(required: readonly Rule[], actual: readonly Rule[], addresses: Addresses = new Map()): AccessComparison {
  const [wanted, found] = fillInRuleSourceAccounts(required, actual);
  // Most groups have no drift. If both lists have the same rules, no sweep is needed.
  // Stryker disable next-line ConditionalExpression: only saves time
  if (haveSameRules(wanted, found)) return { missing: [], excess: [], equal: true };
  const difference = accessRegionDifference(accessRegionsOfRules(wanted, addresses), accessRegionsOfRules(found, addresses));
  const missing = accessRangesOf(difference.missing);
  const excess = accessRangesOf(difference.excess);
  return { missing, excess, equal: missing.length === 0 && excess.length === 0 };
}

function haveSameRules(a: readonly Rule[], b: readonly Rule[]): boolean {
  // A quick check: most lists with different rules differ in their length or in the sum of their addresses.
  // Stryker disable next-line ConditionalExpression,LogicalOperator,EqualityOperator: only saves time
  if (a.length !== b.length || sumOfIpv4Addresses(a) !== sumOfIpv4Addresses(b)) return false;
  let isSame = true;
  matchRules(a, b, (i, j) => {
    isSame &&= i !== -1 && j !== -1;
  });
  return isSame;
}

// Stryker disable all: any number is right that depends only on the set of rules
function sumOfIpv4Addresses(rules: readonly Rule[]): number {
  return rules.reduce((sum, { source }) => (source.kind === 'ipv4' ? sum + source.address : sum), 0);
}
// Stryker restore all
