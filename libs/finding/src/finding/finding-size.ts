/** Shortens findings, because some sinks refuse a finding whose JSON contains very many rules. */
import { OMITTABLE_KEYS, type Finding, type OmittableKey } from './finding.js';

export function findingJsonByteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/**
 * Returns a finding whose JSON has at most `maxBytes` bytes, if possible. Removes as many of the longest lists as necessary, and names the
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

/** The value of each removed key in a shortened finding. A list that the schema requires becomes empty. */
const EMPTY: { readonly [Key in OmittableKey]: Pick<Finding, Key> } = {
  rules: { rules: undefined },
  access: { access: { gained: [], lost: [] } },
  egress: { egress: undefined },
  authorize: { authorize: [] },
  revoke: { revoke: [] },
};
