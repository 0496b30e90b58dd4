/** Which accounts of an organization are guarded. */
import type { Settings } from './settings.js';

type Organization = Settings['organization'];

/** Returns the member accounts that the settings list. Each of them gets its own stack. */
export function listedMemberAccounts(organization: Organization): readonly string[] {
  return organization === undefined || organization.members === 'all' ? [] : organization.members;
}

/**
 * Returns whether the functions guard every account of the organization that is not excluded. In that case, the settings cannot list all
 * members, because accounts can join later.
 */
export function guardsWholeOrganization(organization: Organization): boolean {
  return organization !== undefined && (organization.members === 'all' || organization.stackSet !== undefined);
}
