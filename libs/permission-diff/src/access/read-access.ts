import type { IpPermission } from '../read/ec2-permission.js';
import { withOwners } from '../diff/owners.js';
import { valuesOf, type ReadResult } from '../read/problem.js';
import { readRules } from '../read/read-rules.js';
import type { Rule } from '../rule/rule.js';
import { readAddresses } from './addresses.js';
import { regionsOf, type Addresses, type Region } from './region.js';

export interface AccessOptions {
  /**
   * The 12-digit account that owns the group: taken for group sources that name none. By default such a source is taken for the
   * account that the other permissions name with that group.
   */
  readonly accountId?: string;
  /**
   * The blocks that security groups and prefix lists stand for at the moment, by id. By default they are opaque: a group equals itself
   * and overlaps nothing else, for nothing is known of its addresses.
   */
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
}

/** Reads permissions as the caller's: whose descriptions say nothing of what they let in. */
export function readGiven(path: string, permissions: readonly IpPermission[], options: AccessOptions): ReadResult<readonly Rule[]> {
  return readRules(permissions, { ...options, path, descriptions: 'trusted' });
}

/**
 * Returns the rules of each list of permissions, in their order, and the addresses in `options`. A list's problems are named as it is.
 *
 * @throws {InvalidPermissionError} with the problems of all lists and of the addresses.
 */
export function readLists(
  lists: Readonly<Record<string, readonly IpPermission[]>>,
  options: AccessOptions,
): { readonly rules: readonly (readonly Rule[])[]; readonly addresses: Addresses } {
  const reads = Object.entries(lists).map(([path, permissions]) => readGiven(path, permissions, options));
  const addresses = readAddresses(options.addresses);
  // The problems of all of them at once.
  valuesOf([...reads, addresses]);
  return { rules: valuesOf(reads), addresses: valuesOf([addresses])[0] };
}

/** Returns what each set of rules lets in, with the accounts of groups filled in from one another. */
export function regionsOfAll(rules: readonly (readonly Rule[])[], addresses: Addresses): readonly (readonly Region[])[] {
  return withOwners(...rules).map((list) => regionsOf(list, addresses));
}
