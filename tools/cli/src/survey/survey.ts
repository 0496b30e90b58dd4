/** A survey of several accounts and regions. */
import type { UnreadRegion } from '../aws/account-regions.js';
import type { SurveyedRegion } from './survey-region.js';
import { countUnreadRegions } from '../render/unread-regions.js';

export interface Survey {
  readonly regions: readonly SurveyedRegion[];
  /** The regions of which nothing could be read. */
  readonly unreadRegions: readonly UnreadRegion[];
}

export function countSurveyedGroups({ regions }: Survey): number {
  return regions.reduce((sum, { groups }) => sum + groups, 0);
}

/** Returns what could not be read completely, e.g. `1 account and 2 regions`. Empty if everything was read. */
export function countUnreadOfSurvey({ regions, unreadRegions }: Survey): string {
  return countUnreadRegions(unreadRegions, regions.filter(({ problems }) => problems.length > 0).length);
}
