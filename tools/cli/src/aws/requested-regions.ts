import { cannotCombine } from '../program/output-format.js';
import type { AccountRegionOptions } from './account-region.js';

/** The options of a command that reads several regions with several profiles. */
export interface RegionsOptions extends AccountRegionOptions {
  /** Each may be several regions, separated by commas. */
  readonly regions?: readonly string[];
  readonly profiles?: readonly string[];
}

/** Returns what is wrong with the options, for `refuseProblems`. */
export function regionsProblems({ region, regions, profile, profiles }: RegionsOptions): (string | false)[] {
  return [
    region !== undefined && regions !== undefined && cannotCombine('--region', '--regions'),
    profile !== undefined && profiles !== undefined && cannotCombine('--profile', '--profiles'),
  ];
}

/** Returns every region with every profile. */
export function requestedRegions({ regions, profiles, region, profile, endpointUrl }: RegionsOptions): AccountRegionOptions[] {
  const list = (many: readonly string[] | undefined, one: string | undefined): (string | undefined)[] => [
    ...new Set(many?.flatMap((text) => text.split(',')).filter((text) => text !== '') ?? [one]),
  ];
  return list(profiles, profile).flatMap((ofProfile) =>
    list(regions, region).map((inRegion) => ({ region: inRegion, profile: ofProfile, endpointUrl })),
  );
}
