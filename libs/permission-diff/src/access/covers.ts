import { fillInRuleSourceAccounts } from '../diff/source-accounts.js';
import type { IpPermission } from '../rules/ec2-permission.js';
import type { Rule } from '../rules/rule.js';
import { readAccessLists, type AccessOptions } from './read-access.js';
import { accessRegionsOfRules, type AccessRegion, type Addresses } from './access-region.js';
import { BOTH, REQUIRED_ONLY, type SenderAccess } from './sender-access.js';
import { sweepAccessRegions } from './sweep.js';

/**
 * Reports whether the permissions `granted` let in all the traffic that the permissions `wanted` let in. Returns `true` if `wanted` is
 * empty.
 *
 * @throws {InvalidPermissionError} listing all permissions that EC2 would refuse, from both lists.
 */
export function covers(granted: readonly IpPermission[], wanted: readonly IpPermission[], options: AccessOptions = {}): boolean {
  const { rules, addresses } = readAccessLists({ granted, wanted }, options);
  return !someSenderOfRulesHasAccess(rules.wanted, rules.granted, addresses, REQUIRED_ONLY);
}

export function accessRegionsCover(granted: readonly AccessRegion[], wanted: readonly AccessRegion[]): boolean {
  return !someSenderHasAccess(wanted, granted, REQUIRED_ONLY);
}

/**
 * Reports whether both lists let in some of the same traffic. A group or prefix list without an entry in `addresses` overlaps only itself.
 *
 * @throws {InvalidPermissionError} listing all permissions that EC2 would refuse, from both lists.
 */
export function overlaps(a: readonly IpPermission[], b: readonly IpPermission[], options: AccessOptions = {}): boolean {
  const { rules, addresses } = readAccessLists({ a, b }, options);
  return someSenderOfRulesHasAccess(rules.a, rules.b, addresses, BOTH);
}

function someSenderOfRulesHasAccess(
  required: readonly Rule[],
  actual: readonly Rule[],
  addresses: Addresses,
  access: SenderAccess,
): boolean {
  const [wanted, found] = fillInRuleSourceAccounts(required, actual);
  return someSenderHasAccess(accessRegionsOfRules(wanted, addresses), accessRegionsOfRules(found, addresses), access);
}

/** Reports whether at least one sender has the given access at one or more services. */
function someSenderHasAccess(required: readonly AccessRegion[], actual: readonly AccessRegion[], access: SenderAccess): boolean {
  let found = false;
  sweepAccessRegions(required, actual, (_service, _turn, changed) => {
    found = changed.some((root) => (root.access & access) !== 0);
    return found || undefined;
  });
  return found;
}
