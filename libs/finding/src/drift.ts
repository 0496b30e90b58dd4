/** The part of a finding that says how a group differs from its baseline. */
import { compareRuleAccess, permissionsOf, type Rule } from '@portcullis/permission-diff';
import type { Finding, PermissionChanges } from './finding.js';

export type Drift = Pick<Finding, 'authorize' | 'revoke' | 'egress' | 'access'>;

/** Returns the lists of a finding for the rules to authorize and to revoke, ingress and egress apart. */
export function driftOf(authorize: readonly Rule[], revoke: readonly Rule[]): Drift {
  const inDirection = (direction: Rule['direction']): PermissionChanges => ({
    authorize: permissionsOf(authorize.filter((rule) => rule.direction === direction)),
    revoke: permissionsOf(revoke.filter((rule) => rule.direction === direction)),
  });
  const egress = inDirection('egress');
  const ingress = (rules: readonly Rule[]) => rules.filter((rule) => rule.direction === 'ingress');
  // What the rules to revoke let in and those to authorize do not, and the other way round: rules in other words are no access.
  const { missing, excess } = compareRuleAccess(ingress(authorize), ingress(revoke));
  return {
    ...inDirection('ingress'),
    ...(egress.authorize.length + egress.revoke.length === 0 ? {} : { egress }),
    access: { gained: excess, lost: missing },
  };
}
