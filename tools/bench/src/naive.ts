/**
 * What a user would otherwise write, and what the published Config rules do (list comprehensions over whole permissions, compared as they
 * are): `authorize = [p for p in required if p not in actual]`, `revoke = [p for p in actual if p not in required]`.
 */
import { isDeepStrictEqual } from 'node:util';
import type { IpPermission } from '@portcullis/permission-diff';

export interface NaiveDiff {
  readonly authorize: readonly IpPermission[];
  readonly revoke: readonly IpPermission[];
}

/** With Node's own comparison of values. */
export function naiveDiff(required: readonly IpPermission[], actual: readonly IpPermission[]): NaiveDiff {
  return listComprehension(required, actual, isDeepStrictEqual);
}

/** With a comparison of plain data, as small as one can be: faster, and as wrong. */
export function naiveDiffByHand(required: readonly IpPermission[], actual: readonly IpPermission[]): NaiveDiff {
  return listComprehension(required, actual, isSameData);
}

function listComprehension(
  required: readonly IpPermission[],
  actual: readonly IpPermission[],
  isEqual: (a: unknown, b: unknown) => boolean,
): NaiveDiff {
  const isIn = (list: readonly IpPermission[]) => (wanted: IpPermission) => list.some((one) => isEqual(one, wanted));
  return {
    authorize: required.filter((permission) => !isIn(actual)(permission)),
    revoke: actual.filter((permission) => !isIn(required)(permission)),
  };
}

function isSameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const entries = Object.entries(a);
  const other = b as Readonly<Record<string, unknown>>;
  return entries.length === Object.keys(b).length && entries.every(([key, value]: [string, unknown]) => isSameData(value, other[key]));
}
