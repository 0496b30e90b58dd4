import type { Finding } from '../finding/finding.js';

/**
 * Reports whether the finding closes an earlier drift of the group: the rules match the baseline, and the finding is a restoration or has
 * at most severity `low`. A severe `change`, such as a prefix list that grew or a lost selecting tag, does not close the drift.
 */
export function findingClosesDrift({ kind, atBaseline, severity }: Finding): boolean {
  return atBaseline === true && (kind === 'restoration' || severity === 'info' || severity === 'low');
}

/**
 * Reports whether the finding belongs to the record of the group's drift. A group has one drift record, which a drift opens and a
 * restoration closes. Every other finding has its own record.
 */
export function isFindingOfDriftRecord(finding: Finding): boolean {
  return finding.group.id !== null && (finding.kind === 'drift' || findingClosesDrift(finding));
}

/** Returns the title of the record that contains the finding. */
export function findingTitle({ kind, group }: Finding): string {
  return kind === 'tampering' ? 'Portcullis itself: tampering' : `Security group ${group.name ?? group.id ?? 'unknown'}: ${kind}`;
}
