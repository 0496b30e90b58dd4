import { compareRuleAccess, permissionsOf, type Rule } from '@portcullis/permission-diff';
import type { Finding } from './finding.js';

/** The keys of a finding that describe how a group differs from its baseline. */
export type Drift = Pick<Finding, 'authorize' | 'revoke' | 'egress' | 'access'>;

/** Returns these keys for the rules to authorize and to revoke. */
export function driftOf(authorize: readonly Rule[], revoke: readonly Rule[]): Drift {
  const [missing, excess] = [byDirection(authorize), byDirection(revoke)];
  const access = compareRuleAccess(missing.ingress, excess.ingress);
  return {
    authorize: permissionsOf(missing.ingress),
    revoke: permissionsOf(excess.ingress),
    ...(missing.egress.length + excess.egress.length > 0 && {
      egress: { authorize: permissionsOf(missing.egress), revoke: permissionsOf(excess.egress) },
    }),
    access: { gained: access.excess, lost: access.missing },
  };
}

function byDirection(rules: readonly Rule[]): Record<Rule['direction'], Rule[]> {
  return {
    ingress: rules.filter(({ direction }) => direction === 'ingress'),
    egress: rules.filter(({ direction }) => direction === 'egress'),
  };
}
