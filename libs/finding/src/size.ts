/** A finding about a group with a thousand rules is larger than some sinks take. */
import { OMITTABLE_PARTS, type Finding, type OmittablePart } from './finding.js';

export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Returns the finding in at most so many bytes of JSON: without its longest lists, named in `omitted`, where it has to be. */
export function withinBytes(finding: Finding, maxBytes: number): Finding {
  let smaller = finding;
  const omitted: OmittablePart[] = [];
  for (const part of OMITTABLE_PARTS) {
    if (bytesOf(smaller) <= maxBytes) break;
    omitted.push(part);
    smaller = { ...without(smaller, part), omitted: [...omitted] };
  }
  return smaller;
}

function without(finding: Finding, part: OmittablePart): Finding {
  const { rules, egress, ...rest } = finding;
  switch (part) {
    case 'rules':
      return { ...rest, ...(egress && { egress }) };
    case 'egress':
      return { ...rest, ...(rules && { rules }) };
    case 'access':
      return { ...finding, access: { gained: [], lost: [] } };
    case 'authorize':
    case 'revoke':
      return { ...finding, [part]: [] };
  }
}
