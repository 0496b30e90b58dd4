/** Shortens findings, because some sinks refuse the JSON of a finding about a thousand rules. */
import { OMITTABLE_KEYS, type Finding, type OmittableKey } from './finding.js';

export function jsonByteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Returns the finding in at most `maxBytes` bytes of JSON. A longer finding loses its longest lists and names them in `omitted`. */
export function shortenFinding(finding: Finding, maxBytes: number): Finding {
  let smaller = finding;
  const omitted: OmittableKey[] = [];
  for (const key of OMITTABLE_KEYS) {
    if (jsonByteLength(smaller) <= maxBytes) break;
    omitted.push(key);
    smaller = { ...smaller, ...EMPTY[key], omitted: [...omitted] };
  }
  return smaller;
}

/** The value of an omitted key. A required list becomes empty. */
const EMPTY: { readonly [Key in OmittableKey]: Pick<Finding, Key> } = {
  rules: { rules: undefined },
  access: { access: { gained: [], lost: [] } },
  egress: { egress: undefined },
  authorize: { authorize: [] },
  revoke: { revoke: [] },
};
