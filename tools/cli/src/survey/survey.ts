/** A survey of several accounts and regions. */
import { countUnreadRegions, type UnreadRegion } from '../aws/account-regions.js';
import { configRecordSentence } from '../render/recorded-words.js';
import type { SurveyExtent } from './headline.js';
import type { SurveyedRegion } from './survey-region.js';

export interface Survey {
  readonly regions: readonly SurveyedRegion[];
  /** Regions of which nothing could be read. */
  readonly unreadRegions: readonly UnreadRegion[];
}

export function surveyExtent({ regions, unreadRegions }: Survey): SurveyExtent {
  return {
    groups: regions.reduce((sum, { groups }) => sum + groups, 0),
    accounts: new Set(regions.map(({ scope }) => scope.accountId)).size,
    regions: new Set(regions.map(({ scope }) => scope.region)).size,
    recorded: configRecordSentence(regions, ', so every exposed group counts as public'),
    unread: countUnreadRegions(unreadRegions, regions.filter(({ problems }) => problems.length > 0).length),
  };
}
