/** Which accounts of an organization are guarded. */
import type { Settings } from './settings.js';

type Organization = Settings['organization'];

/** Returns the accounts that get a stack of their own. */
export function listedMemberAccounts(organization: Organization): readonly string[] {
  return organization === undefined || organization.members === 'all' ? [] : organization.members;
}

/**
 * Returns whether the functions guard every account that is not excluded. Then the settings do not list the members, because accounts may
 * join later.
 */
export function guardsWholeOrganization(organization: Organization): boolean {
  return organization !== undefined && (organization.members === 'all' || organization.stackSet !== undefined);
}
