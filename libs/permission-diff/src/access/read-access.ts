import type { IpPermission } from '../rules/ec2-permission.js';
import { permissionValuesOrThrow, type ReadResult } from '../rules/problem.js';
import { readRules } from '../rules/read-rules.js';
import type { Rule } from '../rules/rule.js';
import { readAddresses } from './addresses.js';
import type { Addresses } from './access-region.js';

export interface AccessOptions {
  /**
   * The 12-digit account that owns the group. Each group source that names no account gets this account. By default, it gets the account
   * that other permissions name for the same group.
   */
  readonly accountId?: string;
  /**
   * The current blocks of security groups and prefix lists, by id. By default, groups and lists are opaque: an opaque group or list equals
   * itself and overlaps nothing else, because its addresses are unknown.
   */
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
}

/** Reads permissions with any description, because descriptions do not affect which traffic is let in. */
export function readAccessRules(path: string, permissions: readonly IpPermission[], options: AccessOptions): ReadResult<readonly Rule[]> {
  return readRules(permissions, { ...options, path, descriptions: 'trusted' });
}

/**
 * Returns the rules of each list of permissions, in the order of the lists, and the addresses in `options`. The path of a problem starts
 * with the name of the list.
 *
 * @throws {InvalidPermissionError} with the problems of all lists and of the addresses.
 */
export function readAccessLists(
  lists: Readonly<Record<string, readonly IpPermission[]>>,
  options: AccessOptions,
): { readonly rules: readonly (readonly Rule[])[]; readonly addresses: Addresses } {
  const reads = Object.entries(lists).map(([path, permissions]) => readAccessRules(path, permissions, options));
  const addresses = readAddresses(options.addresses);
  // Throws with the problems of all lists at once.
  permissionValuesOrThrow([...reads, addresses]);
  return { rules: permissionValuesOrThrow(reads), addresses: permissionValuesOrThrow([addresses])[0] };
}
