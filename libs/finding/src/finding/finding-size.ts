/** Shortens findings, because some sinks refuse a finding whose JSON lists a thousand rules. */
import { OMITTABLE_KEYS, type Finding, type OmittableKey } from './finding.js';

export function findingJsonByteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/**
 * Returns the finding if its JSON has at most `maxBytes` bytes. Otherwise, removes as many of its longest lists as necessary and names the
 * removed lists in `omitted`.
 */
export function shortenFinding(finding: Finding, maxBytes: number): Finding {
  let smaller = finding;
  const omitted: OmittableKey[] = [];
  for (const key of OMITTABLE_KEYS) {
    if (findingJsonByteLength(smaller) <= maxBytes) break;
    omitted.push(key);
    smaller = { ...smaller, ...EMPTY[key], omitted: [...omitted] };
  }
  return smaller;
}

/** For each key that can be omitted, its value in a shortened finding. A required list becomes empty. */
const EMPTY: { readonly [Key in OmittableKey]: Pick<Finding, Key> } = {
  rules: { rules: undefined },
  access: { access: { gained: [], lost: [] } },
  egress: { egress: undefined },
  authorize: { authorize: [] },
  revoke: { revoke: [] },
};
