/** Finds the accounts and regions that the options of a command request, and reads these regions in parallel. */
import { Failure, Interrupted } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import { cannotCombineOptions } from '../command-line/output-format.js';
import { countWithNoun } from '../render/counted.js';
import { accountRegionLabel, type AccountRegion, type AccountRegionOptions, type OpenAccountRegion } from './account-region.js';
import { isAccessDenied } from './error-words.js';
import { inAccountRegion } from './in-account-region.js';
import { inParallel } from './in-parallel.js';
import { aggregatorRegions, organizationRegions } from './organization.js';
import { aggregatorAccountRegionWithoutEc2, aggregatorAccountRegionWithEc2 } from './recorded-account-region.js';

/** The options of a command that reads several regions, with several profiles or in all accounts of an organization. */
export interface RegionsOptions extends AccountRegionOptions {
  /** Each text lists one or more regions, separated by commas or spaces. */
  readonly regions?: readonly string[];
  readonly profiles?: readonly string[];
  /** Whether to read the accounts of the caller's organization. */
  readonly organization?: boolean;
  /** The name of the role to assume in each account, including the path of the role. */
  readonly role?: string;
  readonly externalId?: string;
  /** The ids of the accounts to read. @default every active account */
  readonly accounts?: readonly string[];
  /** The aggregator of AWS Config from which the groups are read. @default the groups are read from EC2 */
  readonly aggregator?: string;
  /** The value `all` makes the command read every group from EC2, and use the aggregator only to find the accounts and regions. */
  readonly verify?: 'all';
}

/** Returns one line for each problem of the options. The caller passes the lines to `failCommandOnProblems`. */
export function accountRegionOptionProblems(options: RegionsOptions): (string | false)[] {
  const { region, regions, profile, profiles, organization = false, role, externalId, aggregator, verify } = options;
  const isWide = readsOrganizationOrAggregator(options);
  return [
    region !== undefined && regions !== undefined && aggregator === undefined && cannotCombineOptions('--region', '--regions'),
    profile !== undefined && profiles !== undefined && cannotCombineOptions('--profile', '--profiles'),
    isWide && profiles !== undefined && cannotCombineOptions(organization ? '--organization' : '--aggregator', '--profiles'),
    organization &&
      aggregator === undefined &&
      role === undefined &&
      '`--organization` needs `--role`; expected the name of a role that exists in each account',
    !isWide && role !== undefined && '`--role` needs `--organization` or `--aggregator`',
    !isWide && options.accounts !== undefined && '`--accounts` needs `--organization` or `--aggregator`',
    externalId !== undefined && role === undefined && '`--external-id` needs `--role`',
    verify !== undefined && (aggregator === undefined || role === undefined) && '`--verify all` needs `--aggregator` and `--role`',
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
    role !== undefined &&
      !/^\/?([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/.test(role) &&
      `invalid \`--role ${role}\`; expected the name of a role, such as \`portcullis-read\`, and not an ARN`,
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    externalId !== undefined &&
      !/^[\w+=,.@:/-]{2,1224}$/.test(externalId) &&
      'invalid `--external-id`; expected 2 to 1224 letters, digits or characters of `+=,.@:/-`',
    // https://docs.aws.amazon.com/config/latest/APIReference/API_SelectAggregateResourceConfig.html
    aggregator !== undefined &&
      !/^[\w-]{1,256}$/.test(aggregator) &&
      `invalid \`--aggregator ${aggregator}\`; expected the name of an aggregator of AWS Config`,
    // The names of the regions become part of the query to AWS Config, so a name must not contain a quotation mark.
    ...(aggregator === undefined ? [] : splitOptionValues(regions)).map(
      (name) => !/^[a-z0-9-]+$/.test(name) && `invalid region \`${name}\`; expected one such as \`eu-west-1\``,
    ),
    ...splitOptionValues(options.accounts).map(
      (id) => !/^\d{12}$/.test(id) && `invalid \`--accounts ${id}\`; expected account ids of 12 digits`,
    ),
  ];
}

/** Reports whether the command reads the accounts of an organization or an aggregator, rather than the accounts of profiles. */
export function readsOrganizationOrAggregator({ organization = false, aggregator }: RegionsOptions): boolean {
  return organization || aggregator !== undefined;
}

/** An account and region to read, or the reason why an account or region cannot be read. */
export type RegionToRead = AccountRegionOptions | { readonly unread: UnreadRegion };

/** Returns every combination of a requested profile and a requested region. */
export function requestedProfileRegions({ regions, profiles, region, profile, endpointUrl }: RegionsOptions): AccountRegionOptions[] {
  // The name of a profile can contain spaces, so only commas separate profiles.
  const ofProfiles = profiles === undefined ? [profile] : splitOptionValues(profiles, ',');
  const inRegions = regions === undefined ? [region] : splitOptionValues(regions);
  return ofProfiles.flatMap((ofProfile) => inRegions.map((inRegion) => ({ region: inRegion, profile: ofProfile, endpointUrl })));
}

/**
 * Returns every requested region of each profile or account. With an aggregator, returns an iterable that yields regions while the query
 * runs.
 *
 * @throws {Failure | Interrupted}
 */
export async function findRequestedAccountRegions(
  options: RegionsOptions,
  io: Io,
): Promise<readonly RegionToRead[] | AsyncIterable<RegionToRead>> {
  const { region, profile, endpointUrl, regions, aggregator } = options;
  const requested = requestedProfileRegions(options);
  if (!readsOrganizationOrAggregator(options)) return requested;
  const { role, externalId, organization = false, verify } = options;
  const found = { role, externalId, accounts: splitOptionValues(options.accounts), regions: splitOptionValues(regions) };
  if (aggregator === undefined) {
    const only = requested.flatMap((each) => each.region ?? []);
    return organizationRegions(requested[0] ?? {}, { ...found, regions: only }, io);
  }
  return aggregatorRegions({ region, profile, endpointUrl }, { ...found, aggregator, organization, verify }, io);
}

/** Returns the options that select the accounts and regions. `--resume` refuses a journal that another run wrote with different options. */
export function requestedAccountRegionsKey({
  organization,
  role,
  accounts,
  aggregator,
  verify,
  ...options
}: RegionsOptions): readonly unknown[] {
  const inAggregator = aggregator === undefined ? [] : [aggregator, options.region];
  return [
    requestedProfileRegions(options).map(requestedAccountRegionLabel),
    organization,
    role,
    splitOptionValues(accounts),
    inAggregator,
    verify,
  ];
}

function splitOptionValues(many: readonly string[] = [], separator: string | RegExp = /[\s,]+/): string[] {
  return [...new Set(many.flatMap((text) => text.split(separator)).filter((text) => text !== ''))];
}

/**
 * Returns the label of a request: its account or profile, and its region, such as `prod/eu-west-1`. If the request names no profile, no
 * account and no region, returns `the default region`.
 */
export function requestedAccountRegionLabel({ profile, member, region }: AccountRegionOptions): string {
  return [member?.accountId ?? profile, region].filter((name) => name !== undefined).join('/') || 'the default region';
}

/** A region that could not be read, or an account of which no region could be read. */
export interface UnreadRegion {
  readonly label: string;
  readonly profile: string | undefined;
  /** The id of the account; absent if the region was reached with a profile. */
  readonly accountId?: string;
  readonly account?: string;
  /** The region; absent for a whole account, or if the region is unknown. */
  readonly region?: string;
  /** One line. */
  readonly reason: string;
  /**
   * Whether a retry would fail in the same way. The command deletes the journal if every retry would fail.
   */
  readonly isPermanent?: boolean;
}

export type RegionReading<T> = { readonly read: T } | { readonly unread: UnreadRegion };

/** Parallel reads of different regions do not slow each other down, because each account and region has its own request rate. */
const REGIONS_AT_ONCE = 16;

/**
 * Reads the accounts and regions in parallel, and shows the progress. Returns the results in the order of the requests. After an interrupt,
 * starts no further reads, and returns the results so far.
 *
 * @param read a function that reads one account and region, and that calls `onGroups` with the number of groups read so far
 * @param finished the results of the regions that an earlier run read, by `requestedAccountRegionLabel`. These regions are not read again.
 */
export async function readAccountRegions<T>(
  requested: readonly RegionToRead[] | AsyncIterable<RegionToRead>,
  io: Io,
  read: (accountRegion: AccountRegion, onGroups: (groups: number) => void, options: AccountRegionOptions) => Promise<T>,
  finished: ReadonlyMap<string, T> = new Map(),
): Promise<RegionReading<T>[]> {
  const readings: RegionReading<T>[] = [];
  const progress = new RegionsProgress(requested, io);
  await inParallel(requested, REGIONS_AT_ONCE, io.signal, async (request, i) => {
    if ('unread' in request) {
      readings[i] = request;
      progress.done(request);
      return;
    }
    const { profile, member } = request;
    let label = accountRegionLabel({ region: request.region ?? 'the default region', profile, account: member?.name });
    let { region } = request;
    try {
      const known = finished.get(requestedAccountRegionLabel(request));
      const readNow = (accountRegion: AccountRegion): Promise<T> => {
        label = accountRegionLabel(accountRegion);
        region = accountRegion.region;
        return read(
          accountRegion,
          (groups) => {
            progress.groups(i, groups);
          },
          request,
        );
      };
      readings[i] = {
        read: known ?? (await inAccountRegion(request, { signal: io.signal, openAccountRegion: recordedRegionOpener(io) }, readNow)),
      };
    } catch (error) {
      if (error instanceof Interrupted) return;
      if (!(error instanceof Failure)) throw error;
      const account = member && { accountId: member.accountId, account: member.name, isPermanent: isAccessDenied(error.cause) };
      readings[i] = { unread: { label, profile, ...account, ...(region !== undefined && { region }), reason: error.message } };
    }
    progress.done(request);
  });
  // `flat` removes the empty slots of interrupted regions from the array.
  return readings.flat();
}

/** Returns a function that opens regions. If an aggregator lists a region, the groups of the region come from the records of AWS Config. */
function recordedRegionOpener({ openAccountRegion }: Pick<Io, 'openAccountRegion'>): OpenAccountRegion {
  return async (options, signal) => {
    const { recorded, isVerified = false, member } = options;
    if (recorded === undefined) return openAccountRegion(options, signal);
    if (!isVerified) return aggregatorAccountRegionWithoutEc2(recorded, member?.name);
    return aggregatorAccountRegionWithEc2(recorded, await openAccountRegion(options, signal));
  };
}

class RegionsProgress {
  private readonly read = new Map<number, number>();
  private finished = 0;
  /** The number of unfinished regions of each account. */
  private readonly left = new Map<string, number>();

  constructor(
    private readonly requested: readonly RegionToRead[] | AsyncIterable<RegionToRead>,
    private readonly io: Pick<Io, 'progress'>,
  ) {
    if (!(Symbol.asyncIterator in requested)) for (const request of requested) this.count(request, 1);
    this.show();
  }

  groups(i: number, groups: number): void {
    this.read.set(i, groups);
    this.show();
  }

  done(request: RegionToRead): void {
    this.count(request, -1);
    this.finished += 1;
    this.show();
  }

  private count(request: RegionToRead, change: number): void {
    const id = 'unread' in request ? request.unread.accountId : request.member?.accountId;
    if (id !== undefined) this.left.set(id, (this.left.get(id) ?? 0) + change);
  }

  private show(): void {
    const groups = countWithNoun(
      [...this.read.values()].reduce((sum, count) => sum + count, 0),
      'group',
    );
    const accounts = [...this.left.values()];
    if (Symbol.asyncIterator in this.requested) {
      this.io.progress.show(`${countWithNoun(this.finished, 'region')} of ${countWithNoun(accounts.length, 'account')}, ${groups} …`);
      return;
    }
    const { length } = this.requested;
    const ofAccounts =
      accounts.length === 0 ? '' : `, ${accounts.filter((left) => left === 0).length}/${countWithNoun(accounts.length, 'account')}`;
    this.io.progress.bar(this.finished, length, `${length === 1 ? 'region' : 'regions'}${ofAccounts}, ${groups}`);
  }
}
