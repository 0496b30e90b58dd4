import type { IpPermission } from '../rules/ec2-permission.js';
import { matchRules } from './match-rules.js';
import { fillInRuleSourceAccounts } from './source-accounts.js';
import { PermissionWriter } from './permissions-of.js';
import { permissionValuesOrThrow } from '../rules/problem.js';
import { readRules } from '../rules/read-rules.js';

export interface DiffOptions {
  /**
   * The 12-digit account of each group source that names no account. By default, such a source gets the account that other permissions name
   * for the same group.
   */
  readonly accountId?: string;
}

/** Each list is in canonical form and order, and grouped as EC2 groups permissions. */
export interface PermissionDiff {
  /** In `required` but not in `actual`, with the descriptions of `required`: ready for `AuthorizeSecurityGroupIngress` or `…Egress`. */
  readonly authorize: IpPermission[];
  /** In `actual` but not in `required`, with the descriptions of `actual`: ready for `RevokeSecurityGroupIngress` or `…Egress`. */
  readonly revoke: IpPermission[];
  /** In both lists, with the descriptions of `actual`. */
  readonly unchanged: IpPermission[];
}

/**
 * Returns what to authorize and what to revoke so that a group with the permissions `actual` has exactly the rules of `required`. Both
 * lists must have the same direction. Compares single rules in canonical form: protocol names as EC2 returns them, blocks without host
 * bits, and IPv6 as RFC 5952 text. Ignores how the permissions are grouped, ordered, repeated and described.
 *
 * @throws {InvalidPermissionError} listing every permission of either list that EC2 would refuse.
 */
export function diffPermissions(
  required: readonly IpPermission[],
  actual: readonly IpPermission[],
  options: DiffOptions = {},
): PermissionDiff {
  const [wanted, found] = permissionValuesOrThrow([
    readRules(required, { ...options, path: 'required' }),
    readRules(actual, { ...options, path: 'actual', descriptions: 'trusted' }),
  ]);
  const [authorize, revoke, unchanged] = [new PermissionWriter(), new PermissionWriter(), new PermissionWriter()];
  const [wantedRules = [], foundRules = []] = fillInRuleSourceAccounts(wanted, found);
  matchRules(wantedRules, foundRules, (i, j, key) => {
    if (j === -1) authorize.add(wanted[i], key);
    else (i === -1 ? revoke : unchanged).add(found[j], key);
  });
  return { authorize: authorize.permissions, revoke: revoke.permissions, unchanged: unchanged.permissions };
}
