/** Reads the guarded groups of several accounts and regions. */
import type { CompiledBaseline } from '@portcullis/baseline';
import { accountRegionLabel, describeAccountRegion, type NamedScope, type RecordedByConfig } from '../aws/account-region.js';
import { readAccountRegions, requestedAccountRegionLabel, type RegionToRead, type UnreadRegion } from '../aws/account-regions.js';
import { Interrupted } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import type { Journal } from '../files/journal-file.js';
import { auditGroups } from './audit.js';
import type { GroupState } from './group-state.js';
import { addResourcesToAudit } from './add-resources-behind.js';
import { addRuleOriginsToAudit } from './add-rule-origins.js';

interface Labelled extends NamedScope {
  /** E.g. `prod/eu-west-1`. */
  readonly label: string;
}

export interface ReadRegion extends Labelled {
  readonly kind: 'read';
  /** The text of `describeAccountRegion` about the region; present only with the option `alias`. */
  readonly where?: string;
  /** When AWS Config captured the groups; absent if every group was read from EC2. */
  readonly recorded?: RecordedByConfig;
  readonly states: readonly GroupState[];
}

/** An account and region that the command has read with an earlier profile. The report shows the groups only for the earlier profile. */
interface RepeatedRegion extends Labelled {
  readonly kind: 'repeated';
  /** The label of the region with the earlier profile, such as `prod/eu-west-1`. */
  readonly sameAs: string;
}

interface FailedRegion extends UnreadRegion {
  readonly kind: 'failed';
}

export type AuditedRegion = ReadRegion | RepeatedRegion | FailedRegion;

export interface AuditRegionsOptions {
  readonly compiled: CompiledBaseline;
  /** Whether to ask CloudTrail who changed the rules. */
  readonly who: boolean;
  /** Whether to read the resources that use the groups. */
  readonly behind: boolean;
  /** Whether to read the alias of the account. */
  readonly alias?: boolean;
  /** The ids of the only groups to read. @default all groups that a baseline or a limit selects */
  readonly only?: readonly string[] | undefined;
  /** The file that stores the finished regions for `--resume`. @default no region is stored */
  readonly journal?: Journal<ReadRegion>;
}

/** @throws {Interrupted} */
export async function auditRegions(
  requested: readonly RegionToRead[] | AsyncIterable<RegionToRead>,
  { compiled, who, behind, alias = false, only, journal }: AuditRegionsOptions,
  io: Io,
): Promise<AuditedRegion[]> {
  const readings = await readAccountRegions(
    requested,
    io,
    async (accountRegion, progress, options): Promise<ReadRegion> => {
      const { profile, region, account, recorded } = accountRegion;
      const isLive = recorded?.isVerified !== false;
      const accountId = await accountRegion.accountId();
      let states: readonly GroupState[] = await auditGroups(compiled, accountRegion, io, { progress, only });
      if (who && isLive) states = await addRuleOriginsToAudit(states, accountRegion, io);
      if (behind && isLive) states = await addResourcesToAudit(states, accountRegion, io);
      const where = alias ? { where: await describeAccountRegion(accountRegion) } : {};
      const label = accountRegionLabel(accountRegion);
      const read: ReadRegion = {
        kind: 'read',
        label,
        profile,
        ...(account !== undefined && { account }),
        region,
        accountId,
        ...where,
        ...(recorded && { recorded }),
        states,
      };
      // If a group could not be read, the region is not stored, so that `--resume` reads the region again.
      if (!states.some(({ kind }) => kind === 'unread')) journal?.add(requestedAccountRegionLabel(options), read);
      return read;
    },
    journal?.finished,
  );
  if (io.signal.aborted) throw new Interrupted('interrupted');
  const audited = readings.map((each) => ('read' in each ? each.read : { kind: 'failed' as const, ...each.unread }));
  return dropAbsentAuditStates(markRepeatedAuditRegions(audited));
}

/**
 * If several profiles reach the same account and region, keeps the groups of the first profile, and marks the regions of the later profiles
 * as repeated.
 */
function markRepeatedAuditRegions(regions: readonly AuditedRegion[]): AuditedRegion[] {
  const first = new Map<string, string>();
  return regions.map((reported): AuditedRegion => {
    if (reported.kind !== 'read') return reported;
    const { label, profile, accountId, region } = reported;
    const sameAs = first.get(`${accountId}/${region}`);
    first.set(`${accountId}/${region}`, sameAs ?? label);
    return sameAs === undefined ? reported : { kind: 'repeated', label, profile, accountId, region, sameAs };
  });
}

/**
 * Keeps only one `absent` state for each group that exists in no region. If a region was not read, removes all `absent` states, because the
 * groups can exist in the unread region.
 */
function dropAbsentAuditStates(regions: readonly AuditedRegion[]): AuditedRegion[] {
  const existing = new Set(statesOfAuditedRegions(regions).flatMap(({ kind, group }) => (kind === 'absent' ? [] : [group.id])));
  const isIncomplete = regions.some(({ kind }) => kind === 'failed');
  const reported = new Set<string>();
  const isReported = ({ kind, group: { id } }: GroupState): boolean => {
    if (kind !== 'absent') return true;
    if (existing.has(id) || reported.has(id) || isIncomplete) return false;
    reported.add(id);
    return true;
  };
  return regions.map((region) => (region.kind === 'read' ? { ...region, states: region.states.filter(isReported) } : region));
}

/** Returns the states of all regions that were read. */
export function statesOfAuditedRegions(regions: readonly AuditedRegion[]): GroupState[] {
  return regions.flatMap((region) => (region.kind === 'read' ? region.states : []));
}
