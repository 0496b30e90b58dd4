import type { Finding } from '../finding/finding.js';

/**
 * Reports whether the finding closes an earlier drift of the group: the group is at its baseline, and nothing else is wrong. A prefix list
 * that now allows more traffic still counts as wrong. So do tags that took the group out of its baseline.
 */
export function closesDrift({ kind, atBaseline, severity }: Finding): boolean {
  return atBaseline === true && (kind === 'restoration' || severity === 'info' || severity === 'low');
}

/**
 * Reports whether the finding opens or closes the one record of its group's drift. A drift opens this record, and a restoration closes it.
 * Every other finding has its own record.
 */
export function isPartOfDriftRecord(finding: Finding): boolean {
  return finding.group.id !== null && (finding.kind === 'drift' || closesDrift(finding));
}

/** Returns the title of the finding's record. */
export function findingTitle({ kind, group }: Finding): string {
  return kind === 'tampering' ? 'Portcullis itself: tampering' : `Security group ${group.name ?? group.id ?? 'unknown'}: ${kind}`;
}
