/** Which accounts of an organization are guarded. */
import type { Settings } from './settings.js';

type Organization = Settings['organization'];

/** Returns the accounts that get a stack of their own. */
export function listedMemberAccounts(organization: Organization): readonly string[] {
  return organization === undefined || organization.members === 'all' ? [] : organization.members;
}

/**
 * Returns whether the functions guard every account of the organization that is not excluded, because the settings cannot know which
 * accounts there will be.
 */
export function guardsWholeOrganization(organization: Organization): boolean {
  return organization !== undefined && (organization.members === 'all' || organization.stackSet !== undefined);
}
