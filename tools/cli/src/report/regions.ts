/** Reads the guarded groups of several accounts and regions in parallel. */
import type { CompiledBaseline } from '@portcullis/baseline';
import { audit } from '../audit/audit.js';
import type { GroupState } from '../audit/group-state.js';
import { withBehind } from '../audit/with-behind.js';
import { withOrigins } from '../audit/with-origins.js';
import { scopeLabel, type AccountRegionOptions } from '../aws/account-region.js';
import { inAccountRegion } from '../aws/in-account-region.js';
import { Failure, Interrupted } from '../program/failure.js';
import type { Io } from '../program/io.js';
import { counted } from '../render/counted.js';
import type { Journal } from './journal.js';

interface Labelled {
  /** For people: `prod/eu-west-1`. */
  readonly label: string;
  readonly profile: string | undefined;
}

export interface ReadRegion extends Labelled {
  readonly kind: 'read';
  readonly region: string;
  readonly accountId: string;
  readonly states: readonly GroupState[];
}

/** An account and region that another profile has already reached. */
interface RepeatedRegion extends Labelled {
  readonly kind: 'repeated';
  readonly region: string;
  readonly accountId: string;
  /** The label of the region with the other profile. */
  readonly sameAs: string;
}

interface FailedRegion extends Labelled {
  readonly kind: 'failed';
  readonly reason: string;
}

export type ReportedRegion = ReadRegion | RepeatedRegion | FailedRegion;

/** Each region has its own limit of the request rate. */
const REGIONS_AT_ONCE = 8;

export interface Reading {
  readonly compiled: CompiledBaseline;
  /** Whether to ask CloudTrail who changed the rules. */
  readonly who: boolean;
  /** Whether to read what is behind the groups. */
  readonly behind: boolean;
  readonly journal: Journal;
}

/** @throws {Interrupted} */
export async function reportRegions(regions: readonly AccountRegionOptions[], reading: Reading, io: Io): Promise<ReportedRegion[]> {
  const groups = new Map<number, number>();
  let done = 0;
  const show = (): void => {
    const total = [...groups.values()].reduce((sum, count) => sum + count, 0);
    io.progress.bar(done, regions.length, `${regions.length === 1 ? 'region' : 'regions'}, ${counted(total, 'group')}`);
  };
  const reported: ReportedRegion[] = [];
  const waiting = [...regions.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [i, options] = next;
      reported[i] = await readRegion(options, reading, io, (count) => {
        groups.set(i, count);
        show();
      });
      done += 1;
      show();
    }
  };
  show();
  await Promise.all(Array.from({ length: Math.min(REGIONS_AT_ONCE, regions.length) }, worker));
  return withoutAbsentElsewhere(withoutRepeats(reported));
}

async function readRegion(
  options: AccountRegionOptions,
  { compiled, who, behind, journal }: Reading,
  io: Io,
  progress: (groups: number) => void,
): Promise<ReadRegion | FailedRegion> {
  const { profile } = options;
  const requested = requestedLabel(options);
  const finished = journal.finished.get(requested);
  if (finished !== undefined) return finished;
  try {
    return await inAccountRegion(options, io, async (accountRegion) => {
      const accountId = await accountRegion.accountId();
      let states: readonly GroupState[] = await audit(compiled, accountRegion, io, { progress });
      if (who) states = await withOrigins(states, accountRegion, io);
      if (behind) states = await withBehind(states, accountRegion, io);
      const read: ReadRegion = { kind: 'read', label: scopeLabel(accountRegion), profile, region: accountRegion.region, accountId, states };
      // If a group could not be read, `--resume` reads the region again.
      if (!states.some(({ kind }) => kind === 'unread')) journal.add(requested, read);
      return read;
    });
  } catch (error) {
    if (io.signal.aborted) throw new Interrupted('interrupted', { cause: error });
    if (!(error instanceof Failure)) throw error;
    return { kind: 'failed', label: requested, profile, reason: error.message };
  }
}

/** Returns the profile and region on the command line, e.g. `prod/eu-west-1`; `default` if there are none. */
export function requestedLabel({ profile, region }: AccountRegionOptions): string {
  return [profile, region].filter((name) => name !== undefined).join('/') || 'default';
}

/** Marks repeated regions, so that the groups of an account with two profiles are reported only once. */
function withoutRepeats(regions: readonly ReportedRegion[]): ReportedRegion[] {
  const first = new Map<string, string>();
  return regions.map((reported): ReportedRegion => {
    if (reported.kind !== 'read') return reported;
    const { label, profile, accountId, region } = reported;
    const sameAs = first.get(`${accountId}/${region}`);
    first.set(`${accountId}/${region}`, sameAs ?? label);
    return sameAs === undefined ? reported : { kind: 'repeated', label, profile, accountId, region, sameAs };
  });
}

/** Removes absent groups that exist in another region. A group that exists in no region is reported as absent only once. */
function withoutAbsentElsewhere(regions: readonly ReportedRegion[]): ReportedRegion[] {
  const existing = new Set(statesOf(regions).flatMap(({ kind, group }) => (kind === 'absent' ? [] : [group.id])));
  const isIncomplete = regions.some(({ kind }) => kind === 'failed');
  const reported = new Set<string>();
  const isReported = ({ kind, group: { id } }: GroupState): boolean => {
    if (kind !== 'absent') return true;
    // The group may exist in a region that was not read.
    if (existing.has(id) || reported.has(id) || isIncomplete) return false;
    reported.add(id);
    return true;
  };
  return regions.map((region) => (region.kind === 'read' ? { ...region, states: region.states.filter(isReported) } : region));
}

/** Returns the states of all regions that were read. */
export function statesOf(regions: readonly ReportedRegion[]): GroupState[] {
  return regions.flatMap((region) => (region.kind === 'read' ? region.states : []));
}
