import type { IpPermission } from '../rules/ec2-permission.js';
import { permissionValuesOrThrow, type ReadResult } from '../rules/problem.js';
import { readRules } from '../rules/read-rules.js';
import type { Rule } from '../rules/rule.js';
import { readAccessAddresses } from './addresses.js';
import type { Addresses } from './access-region.js';

export interface AccessOptions {
  /**
   * The 12-digit account that is assumed if a permission does not name the account of a source group. By default, the group gets the
   * account that other permissions name for the group.
   */
  readonly accountId?: string;
  /**
   * The current blocks of security groups and prefix lists, by id. A group or list without an entry overlaps only itself.
   */
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
}

/** Accepts any description, because descriptions do not affect the traffic. */
export function readAccessRules(path: string, permissions: readonly IpPermission[], options: AccessOptions): ReadResult<readonly Rule[]> {
  return readRules(permissions, { ...options, path, descriptions: 'trusted' });
}

/**
 * Parses the lists of permissions, and `options.addresses`. Returns a list of rules for each list of permissions. The path of each problem
 * starts with the name of its list.
 *
 * @throws {InvalidPermissionError} with the problems of all lists and of the addresses.
 */
export function readAccessLists<Name extends string>(
  lists: Readonly<Record<Name, readonly IpPermission[]>>,
  options: AccessOptions,
): { readonly rules: Readonly<Record<Name, readonly Rule[]>>; readonly addresses: Addresses } {
  const entries = Object.entries<readonly IpPermission[]>(lists);
  const reads = entries.map(([path, permissions]) => readAccessRules(path, permissions, options));
  const addresses = readAccessAddresses(options.addresses);
  // The one error that this call throws has the problems of all lists.
  permissionValuesOrThrow([...reads, addresses]);
  const rules = permissionValuesOrThrow(reads);
  return {
    rules: Object.fromEntries(entries.map(([name], i) => [name, rules[i]])) as Record<Name, readonly Rule[]>,
    addresses: permissionValuesOrThrow([addresses])[0],
  };
}
