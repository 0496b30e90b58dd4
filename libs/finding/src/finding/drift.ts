import { compareRuleAccess, permissionsOf, type IpPermission, type Rule } from '@portcullis/permission-diff';
import type { Finding } from './finding.js';

/** The keys of a finding that describe how a group differs from its baseline. */
export type Drift = Pick<Finding, 'authorize' | 'revoke' | 'egress' | 'access'>;

/** Returns the keys that describe the drift, computed from the rules to authorize and to revoke. */
export function findingDrift(authorize: readonly Rule[], revoke: readonly Rule[]): Drift {
  const [missing, excess] = [findingPermissionsByDirection(authorize), findingPermissionsByDirection(revoke)];
  const access = compareRuleAccess(findingRulesInDirection('ingress', authorize), findingRulesInDirection('ingress', revoke));
  return {
    authorize: missing.ingress,
    revoke: excess.ingress,
    ...(missing.egress.length + excess.egress.length > 0 && { egress: { authorize: missing.egress, revoke: excess.egress } }),
    access: { gained: access.excess, lost: access.missing },
  };
}

/** Returns the rules in the form of EC2's `IpPermission`: one list for ingress and one for egress. */
export function findingPermissionsByDirection(rules: readonly Rule[]): Record<Rule['direction'], IpPermission[]> {
  return {
    ingress: permissionsOf(findingRulesInDirection('ingress', rules)),
    egress: permissionsOf(findingRulesInDirection('egress', rules)),
  };
}

function findingRulesInDirection(direction: Rule['direction'], rules: readonly Rule[]): Rule[] {
  return rules.filter((rule) => rule.direction === direction);
}
