/** The JSON members of an account and region that several commands print. */
import type { AccountRegion, RecordedByConfig } from '../aws/account-region.js';

/**
 * Returns the JSON member `recorded`, which says when AWS Config captured the groups. Returns an empty object if the groups were read from
 * EC2.
 */
export function configCaptureJson({ recorded }: { readonly recorded?: RecordedByConfig | undefined }): object {
  if (recorded === undefined) return {};
  const { oldest, newest, isVerified } = recorded;
  return { recorded: { oldestCapture: oldest, newestCapture: newest, differencesReadLive: isVerified } };
}

/**
 * Returns the JSON member `accountName`, or an empty object if the account was not found through its organization.
 */
export function accountNameJson({ account }: Pick<AccountRegion, 'account'>): { readonly accountName?: string } {
  return account === undefined ? {} : { accountName: account };
}
