/** The part of a finding that says how a group differs from its baseline. */
import { permissionsOf, type Rule } from '@portcullis/permission-diff';
import { accessOf } from './access.js';
import type { Finding, PermissionChanges } from './finding.js';

export type Drift = Pick<Finding, 'authorize' | 'revoke' | 'egress' | 'access'>;

/** Returns the lists of a finding for the rules to authorize and to revoke, ingress and egress apart. */
export function driftOf(authorize: readonly Rule[], revoke: readonly Rule[]): Drift {
  const inDirection = (direction: Rule['direction']): PermissionChanges => ({
    authorize: permissionsOf(authorize.filter((rule) => rule.direction === direction)),
    revoke: permissionsOf(revoke.filter((rule) => rule.direction === direction)),
  });
  const egress = inDirection('egress');
  return {
    ...inDirection('ingress'),
    ...(egress.authorize.length + egress.revoke.length === 0 ? {} : { egress }),
    access: { gained: accessOf(revoke), lost: accessOf(authorize) },
  };
}
