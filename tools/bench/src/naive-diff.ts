import type { IpPermission } from '@portcullis/permission-diff';

export interface NaiveDiff {
  readonly authorize: readonly IpPermission[];
  readonly revoke: readonly IpPermission[];
}

/** Compares whole permissions literally, as AWS's published Config rules do: `[p for p in required if p not in actual]`. */
export function benchNaiveDiff(required: readonly IpPermission[], actual: readonly IpPermission[]): NaiveDiff {
  return {
    authorize: required.filter((permission) => !actual.some((other) => isSameBenchData(other, permission))),
    revoke: actual.filter((permission) => !required.some((other) => isSameBenchData(other, permission))),
  };
}

/** Compares JSON values, faster than `util.isDeepStrictEqual`. */
function isSameBenchData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const entries = Object.entries(a);
  const other = b as Readonly<Record<string, unknown>>;
  return entries.length === Object.keys(b).length && entries.every(([key, value]: [string, unknown]) => isSameBenchData(value, other[key]));
}
