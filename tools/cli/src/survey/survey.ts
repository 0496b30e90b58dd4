/** A survey of several accounts and regions. */
import type { SurveyExtent } from './headline.js';
import type { SurveyedRegion } from './survey-region.js';

export interface Survey {
  readonly regions: readonly SurveyedRegion[];
  /** Regions of which nothing could be read. `reason` is one line. */
  readonly unreadRegions: readonly { readonly label: string; readonly reason: string }[];
}

export function extentOf({ regions, unreadRegions }: Survey): SurveyExtent {
  return {
    groups: regions.reduce((sum, { groups }) => sum + groups, 0),
    regions: new Set(regions.map(({ scope }) => scope.region)).size,
    unreadRegions: unreadRegions.length + regions.filter(({ problems }) => problems.length > 0).length,
  };
}
