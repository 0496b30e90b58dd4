import type { Finding } from '../finding/finding.js';

/**
 * Reports whether the finding closes an earlier drift of the group. The rules must now match the baseline. In addition, the finding must be
 * a restoration or have at most severity `low`. For example, a `change` of severity `high` does not close the drift: a prefix list grew, or
 * the group lost its selecting tag.
 */
export function findingClosesDrift({ kind, atBaseline, severity }: Finding): boolean {
  return atBaseline === true && (kind === 'restoration' || severity === 'info' || severity === 'low');
}

/**
 * Reports whether the finding belongs to the record of the group's drift. A group has one drift record. A drift opens the record. A finding
 * for which `findingClosesDrift` returns true closes the record. Every other finding has its own record.
 */
export function isFindingOfDriftRecord(finding: Finding): boolean {
  return finding.group.id !== null && (finding.kind === 'drift' || findingClosesDrift(finding));
}

/** Returns the title of the record that contains the finding. */
export function findingTitle({ kind, group }: Finding): string {
  return kind === 'tampering' ? 'Portcullis itself: tampering' : `Security group ${group.name ?? group.id ?? 'unknown'}: ${kind}`;
}
