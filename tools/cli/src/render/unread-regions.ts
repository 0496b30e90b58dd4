/** Counts the accounts and regions that could not be read. */
import type { UnreadRegion } from '../aws/account-regions.js';
import { countWithNoun } from './counted.js';

/**
 * Returns e.g. `1 account and 2 regions`; an empty text if everything was read.
 *
 * @param more the number of regions that were read only in part
 */
export function countUnreadRegions(unread: readonly UnreadRegion[], more = 0): string {
  const accounts = unread.filter(isWholeAccountUnread).length;
  const regions = unread.length - accounts + more;
  const words = [accounts > 0 && countWithNoun(accounts, 'account'), regions > 0 && countWithNoun(regions, 'region')];
  return words.filter((each) => each !== false).join(' and ');
}

/**
 * Returns `not read` for a whole account, `2 regions not read` for regions, and an empty text if everything was read.
 *
 * @param more the number of regions that were read only in part
 */
export function unreadAccountNote(unread: readonly UnreadRegion[], more = 0): string {
  if (unread.some(isWholeAccountUnread)) return 'not read';
  const regions = countUnreadRegions(unread, more);
  return regions === '' ? '' : `${regions} not read`;
}

/** Reports whether no region of the account could be read. */
function isWholeAccountUnread({ accountId, region }: UnreadRegion): boolean {
  return accountId !== undefined && region === undefined;
}
