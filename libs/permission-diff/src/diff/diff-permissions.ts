import type { IpPermission } from '../rules/ec2-permission.js';
import { matchRules } from './match-rules.js';
import { fillInRuleSourceAccounts } from './source-accounts.js';
import { PermissionWriter } from './permissions-of.js';
import { permissionValuesOrThrow } from '../rules/problem.js';
import { readRules } from '../rules/read-rules.js';

export interface DiffOptions {
  /**
   * The 12-digit account that is assumed if a permission does not name the account of a source group. By default, the group gets the
   * account that other permissions name for the group.
   */
  readonly accountId?: string;
}

/**
 * The permissions to authorize, to revoke and to keep. Each list is in canonical form and order. One permission has all sources of a
 * protocol and port range.
 */
export interface PermissionDiff {
  /**
   * Rules that only `required` has, with their descriptions. A valid argument of `AuthorizeSecurityGroupIngress` or
   * `AuthorizeSecurityGroupEgress`.
   */
  readonly authorize: IpPermission[];
  /**
   * Rules that only `actual` has, with their descriptions. A valid argument of `RevokeSecurityGroupIngress` or `RevokeSecurityGroupEgress`.
   */
  readonly revoke: IpPermission[];
  /** Rules that both lists have, with the descriptions in `actual`. */
  readonly unchanged: IpPermission[];
}

/**
 * Compares the `actual` rules of a group with the `required` rules, and returns the permissions to authorize and to revoke. Both lists must
 * have the same direction. The function compares single rules in canonical form: EC2's protocol names, blocks without host bits, and IPv6
 * as RFC 5952 text. Grouping, order, repetition and descriptions do not matter.
 *
 * @throws {InvalidPermissionError} listing all permissions that EC2 would refuse, from both lists.
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
  const [wantedRules, foundRules] = fillInRuleSourceAccounts(wanted, found);
  matchRules(wantedRules, foundRules, (i, j, key) => {
    if (j === -1) authorize.add(wanted[i], key);
    else (i === -1 ? revoke : unchanged).add(found[j], key);
  });
  return { authorize: authorize.permissions, revoke: revoke.permissions, unchanged: unchanged.permissions };
}
