/** Says which accounts of an organization Portcullis guards. */
import type { Settings } from './settings.js';

type Organization = Settings['organization'];

/** Returns the member accounts that the settings list. Each listed account gets its own stack. */
export function listedMemberAccounts(organization: Organization): readonly string[] {
  return organization === undefined || organization.members === 'all' ? [] : organization.members;
}

/**
 * Reports whether the functions guard every account of the organization except `excludedAccounts`. If so, `members` does not list every
 * account, because accounts can join the organization later.
 */
export function guardsWholeOrganization(organization: Organization): boolean {
  return organization !== undefined && (organization.members === 'all' || organization.stackSet !== undefined);
}
