import type { IpPermission } from '../ec2-permission.js';
import { ownersIn } from '../owners.js';
import { InvalidPermissionError, type PermissionProblem, type ReadResult } from '../problem.js';
import { readRules } from '../read-rules.js';
import type { Rule } from '../rule.js';
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

/** One list of permissions to read, and how the paths of its problems begin. */
export interface PermissionList {
  readonly path: string;
  readonly permissions: readonly IpPermission[];
  /** @see ReadOptions.descriptions */
  readonly descriptions?: 'checked' | 'trusted';
}

/** Reads lists of permissions of one direction together. @throws {InvalidPermissionError} with the problems of all of them. */
export function readLists(
  lists: readonly PermissionList[],
  { accountId, addresses }: AccessOptions,
): { readonly rules: readonly (readonly Rule[])[]; readonly addresses: Addresses } {
  const problems: PermissionProblem[] = [];
  const valueOf = <T>(read: ReadResult<T>, otherwise: T): T => {
    if (read.ok) return read.value;
    problems.push(...read.problems);
    return otherwise;
  };
  const rules = lists.map(({ path, permissions, descriptions = 'trusted' }) =>
    valueOf(readRules(permissions, { path, descriptions, ...(accountId === undefined ? {} : { accountId }) }), []),
  );
  const known = valueOf(readAddresses(addresses), new Map());
  if (problems.length > 0) throw new InvalidPermissionError(problems);
  return { rules, addresses: known };
}

/** Returns what each set of rules lets in, with the accounts of groups filled in from one another. */
export function regionsOfAll(
  rules: readonly (readonly Rule[])[],
  addresses: Addresses,
): readonly (readonly Region[])[] {
  const withOwner = ownersIn(...rules);
  return rules.map((list) => regionsOf(list.map(withOwner), addresses));
}
