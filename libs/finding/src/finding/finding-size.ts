/** Shortens findings, because some sinks refuse a finding whose JSON contains very many rules. */
import { OMITTABLE_KEYS, type Finding, type OmittableKey } from './finding.js';

export function findingJsonByteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/**
 * Returns a finding whose JSON has at most `maxBytes` bytes, if possible. Removes one list after the other in the order of
 * `OMITTABLE_KEYS`, and names the removed lists in `omitted`.
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

/** The value that replaces each removed list. If the schema requires the key, the value is an empty list. */
const EMPTY: { readonly [Key in OmittableKey]: Pick<Finding, Key> } = {
  rules: { rules: undefined },
  access: { access: { gained: [], lost: [] } },
  egress: { egress: undefined },
  authorize: { authorize: [] },
  revoke: { revoke: [] },
};
