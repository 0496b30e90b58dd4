/** Turns the options of a command into the accounts and regions that it reads, and reads them in parallel. */
import { Failure, Interrupted } from '../program/failure.js';
import type { Io } from '../program/io.js';
import { cannotCombine } from '../program/output-format.js';
import { counted } from '../render/counted.js';
import { scopeLabel, type AccountRegion, type AccountRegionOptions } from './account-region.js';
import { inAccountRegion } from './in-account-region.js';

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
  return listed(profiles, profile).flatMap((ofProfile) =>
    listed(regions, region).map((inRegion) => ({ region: inRegion, profile: ofProfile, endpointUrl })),
  );
}

function listed(many: readonly string[] | undefined, one: string | undefined): (string | undefined)[] {
  return [...new Set(many?.flatMap((text) => text.split(',')).filter((text) => text !== '') ?? [one])];
}

/** Returns the profile and region on the command line, e.g. `prod/eu-west-1`; `default` if there are none. */
export function requestedLabel({ profile, region }: AccountRegionOptions): string {
  return [profile, region].filter((name) => name !== undefined).join('/') || 'default';
}

/** An account and region that could not be read. */
export interface UnreadRegion {
  readonly label: string;
  readonly profile: string | undefined;
  /** One line. */
  readonly reason: string;
}

export type Reading<T> = { readonly read: T } | { readonly unread: UnreadRegion };

/** EC2 limits the request rate of each account and region, and each of them opens clients with their own rate. */
const REGIONS_AT_ONCE = 16;

/**
 * Reads the accounts and regions in parallel, and shows the progress. Returns the results in the order of the requests. Once the signal is
 * aborted, it starts no further reads, and returns the results so far.
 *
 * @param read receives a function that it calls with the number of groups read so far
 * @param finished results of an earlier run, by `requestedLabel`: they are not read again
 */
export async function readRegions<T>(
  requested: readonly AccountRegionOptions[],
  io: Io,
  read: (accountRegion: AccountRegion, onGroups: (groups: number) => void, options: AccountRegionOptions) => Promise<T>,
  finished: ReadonlyMap<string, T> = new Map(),
): Promise<Reading<T>[]> {
  const groups = new Map<number, number>();
  let done = 0;
  const show = (): void => {
    const total = [...groups.values()].reduce((sum, count) => sum + count, 0);
    io.progress.bar(done, requested.length, `${requested.length === 1 ? 'region' : 'regions'}, ${counted(total, 'group')}`);
  };
  const readings: Reading<T>[] = [];
  const waiting = requested.entries();
  const worker = async (): Promise<void> => {
    // All workers take from the same iterator.
    for (const [i, options] of waiting) {
      if (io.signal.aborted) return;
      const onGroups = (count: number): void => {
        groups.set(i, count);
        show();
      };
      let label = requestedLabel(options);
      try {
        const known = finished.get(label);
        const readNow = (accountRegion: AccountRegion): Promise<T> => {
          label = scopeLabel(accountRegion);
          return read(accountRegion, onGroups, options);
        };
        readings[i] = { read: known ?? (await inAccountRegion(options, io, readNow)) };
      } catch (error) {
        if (error instanceof Interrupted) return;
        if (!(error instanceof Failure)) throw error;
        readings[i] = { unread: { label, profile: options.profile, reason: error.message } };
      }
      done += 1;
      show();
    }
  };
  show();
  await Promise.all(Array.from({ length: Math.min(REGIONS_AT_ONCE, requested.length) }, worker));
  // An interrupted read leaves a hole.
  return readings.flat();
}
