/** Finds the accounts and regions of an organization or an aggregator, and assumes a role in each account. */
import type { STSClient } from '@aws-sdk/client-sts';
import { partitionOf } from '@portcullis/cloudtrail';
import { Failure } from '../command-line/failure.js';
import type { Io } from '../command-line/io.js';
import { countWithNoun } from '../render/counted.js';
import { safeTerminalLine } from '../command-line/printable.js';
import type { AccountRegion, AccountRegionOptions, MemberAccount } from './account-region.js';
import type { RegionToRead, UnreadRegion } from './account-regions.js';
import { outdatedAggregatorSources, readAggregatorGroups } from './aggregator.js';
import { awsErrorWords, isAccessDenied } from './error-words.js';
import { inAccountRegion } from './in-account-region.js';
import { inParallel } from './in-parallel.js';

export interface OrganizationRequest {
  /**
   * The name of the role, including the path of the role, such as `audit/portcullis-read`. `undefined` only for an aggregator, if the
   * command must call only AWS Config and not EC2.
   */
  readonly role: string | undefined;
  readonly externalId: string | undefined;
  /** The ids of the accounts to read; an empty list means every active account. */
  readonly accounts: readonly string[];
  /** The regions to read; an empty list means every enabled region. */
  readonly regions: readonly string[];
}

export interface AggregatorRequest extends OrganizationRequest {
  /** The name of the aggregator, in the caller's account and region. */
  readonly aggregator: string;
  /**
   * Whether to list the accounts of the organization. The list adds the names of the accounts, and adds accounts that the aggregator does
   * not know.
   */
  readonly organization: boolean;
  /** The value `all` makes the command read every group from EC2. */
  readonly verify: 'all' | undefined;
}

/**
 * The session name of the assumed roles. CloudTrail shows this name. A trust policy can require this fixed name (`sts:RoleSessionName`).
 */
const SESSION_NAME = 'portcullis-cli';

const ACCOUNTS_AT_ONCE = 16;

/**
 * Returns the regions of each account, one account after the other. If the role in an account cannot be assumed, the result has one
 * `unread` entry for the whole account.
 *
 * @param callerOptions the credentials of the management account or of a delegated administrator, and a region that is enabled in every
 * account
 * @throws {Failure | Interrupted}
 */
export function organizationRegions(
  callerOptions: AccountRegionOptions,
  request: OrganizationRequest,
  io: Io,
): Promise<readonly RegionToRead[]> {
  return inAccountRegion(callerOptions, io, async (caller) => {
    const names = await activeOrganizationAccounts(caller, request.accounts, io);
    const members = [...names.keys()].map(await organizationAccountFactory(caller, names, request, io));
    const found: RegionToRead[][] = [];
    let done = 0;
    await inParallel(members, ACCOUNTS_AT_ONCE, io.signal, async (member, i) => {
      const refused = await organizationRoleRefusal(member, request.role, caller, io.signal);
      found[i] = refused
        ? [{ unread: refused }]
        : await regionsOfMemberAccount(member, { ...callerOptions, region: caller.region }, request, io);
      io.progress.bar((done += 1), members.length, `${members.length === 1 ? 'account' : 'accounts'} found`);
    });
    io.signal.throwIfAborted();
    return found.flat();
  });
}

/**
 * Yields the regions that the aggregator knows, one account after the other, while the query runs. Yields an `unread` entry for each region
 * with incomplete or outdated data, and for each account whose role cannot be assumed.
 *
 * @param callerOptions the credentials and region of the aggregator
 * @throws {Failure | Interrupted}
 */
export function aggregatorRegions(
  callerOptions: AccountRegionOptions,
  request: AggregatorRequest,
  io: Io,
): Promise<AsyncIterable<RegionToRead>> {
  return inAccountRegion(callerOptions, io, async (caller) => {
    const { aggregator, role, verify, accounts } = request;
    const names = request.organization ? await activeOrganizationAccounts(caller, accounts, io) : new Map<string, string>();
    const outdated = await outdatedAggregatorSources(caller, aggregator, request, io.signal);
    const memberNamed = await organizationAccountFactory(caller, names, request, io);
    // If the aggregator has no group of a requested account, the command reports the account as unread.
    const unseen = new Set([...names.keys(), ...accounts]);
    async function* regions(): AsyncGenerator<RegionToRead> {
      for (const unread of outdated) yield { unread };
      let member: MemberAccount | undefined;
      let refused: UnreadRegion | undefined;
      for await (const recorded of readAggregatorGroups(caller, aggregator, request, io.signal)) {
        const { accountId, region } = recorded;
        if (member?.accountId !== accountId) {
          unseen.delete(accountId);
          member = memberNamed(accountId);
          refused = await organizationRoleRefusal(member, role, caller, io.signal);
          if (refused !== undefined) yield { unread: refused };
        }
        if (refused !== undefined) continue;
        const options = { ...callerOptions, region, member };
        yield verify === 'all' ? options : { ...options, recorded, isVerified: role !== undefined };
      }
      for (const accountId of unseen) {
        const reason = `the aggregator \`${aggregator}\` has no group of this account`;
        yield { unread: unreadOrganizationAccount(memberNamed(accountId), reason, true) };
      }
    }
    return regions();
  });
}

/** Returns a function that finds the name and the credentials of an account by its id. */
async function organizationAccountFactory(
  caller: AccountRegion,
  names: ReadonlyMap<string, string>,
  { role, externalId }: OrganizationRequest,
  io: Io,
): Promise<(accountId: string) => MemberAccount> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const sts = caller.client(STSClient);
  const own = await caller.accountId();
  const partition = partitionOf(caller.region).name;
  const all = [...names.values()];
  return (accountId) => {
    const name = names.get(accountId) ?? accountId;
    const member = { accountId, name: all.filter((each) => each === name).length > 1 ? accountId : name };
    if (accountId === own || role === undefined) return member;
    const roleArn = `arn:${partition}:iam::${accountId}:role/${role.replace(/^\//, '')}`;
    return { ...member, credentials: organizationRoleCredentials(sts, roleArn, externalId, io) };
  };
}

/**
 * Returns the names of the active accounts by id. Reads every page, because AWS can return an empty page although more pages follow.
 *
 * @param only the ids of the accounts to return; an empty list means all accounts
 * @throws {Failure} if AWS denies ListAccounts, or if an account of `only` is not active.
 */
async function activeOrganizationAccounts(
  caller: AccountRegion,
  only: readonly string[],
  { signal, progress }: Io,
): Promise<ReadonlyMap<string, string>> {
  const { OrganizationsClient, paginateListAccounts } = await import('@aws-sdk/client-organizations');
  const client = caller.client(OrganizationsClient);
  const active = new Map<string, string>();
  try {
    for await (const { Accounts = [] } of paginateListAccounts({ client }, {}, { abortSignal: signal })) {
      // AWS retires `Status` in September 2026: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
      for (const { Id, Name, State } of Accounts) if (Id !== undefined && State === 'ACTIVE') active.set(Id, safeTerminalLine(Name ?? Id));
      progress.show(`${countWithNoun(active.size, 'account')} …`);
    }
  } catch (error) {
    if (!isAccessDenied(error)) throw error;
    throw new Failure(
      'the credentials are not allowed to call organizations:ListAccounts; expected credentials of the management account or of a delegated administrator, with a policy that allows it',
      { cause: error },
    );
  }
  if (active.size === 0)
    throw new Failure('organizations:ListAccounts returned no active account; expected at least the management account');
  const unknown = only.filter((id) => !active.has(id));
  if (unknown.length > 0)
    throw new Failure(
      `the organization has no active account ${unknown.join(', ')}; expected ids that \`aws organizations list-accounts\` lists`,
    );
  return only.length === 0 ? active : new Map([...active].filter(([id]) => only.includes(id)));
}

async function regionsOfMemberAccount(
  member: MemberAccount,
  callerOptions: AccountRegionOptions,
  { regions }: OrganizationRequest,
  io: Io,
): Promise<RegionToRead[]> {
  const options = { ...callerOptions, member };
  try {
    const enabled = regions.length > 0 ? regions : await inAccountRegion(options, io, (each) => readEnabledRegions(each, io.signal));
    return enabled.map((region) => ({ ...options, region }));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ unread: unreadOrganizationAccount(member, error.message) }];
  }
}

/**
 * Returns an `unread` entry if AWS does not let the caller assume the role in the account.
 *
 * @throws {Failure} if the call fails for another reason
 */
async function organizationRoleRefusal(
  member: MemberAccount,
  role: string | undefined,
  caller: AccountRegion,
  signal: AbortSignal,
): Promise<UnreadRegion | undefined> {
  try {
    await member.credentials?.();
    return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!isAccessDenied(error)) throw new Failure(awsErrorWords(error, caller, 'sts:AssumeRole'), { cause: error });
    return unreadOrganizationAccount(
      member,
      `the role \`${role}\` cannot be assumed; expected a role of this name that trusts the caller`,
      true,
    );
  }
}

function unreadOrganizationAccount({ accountId, name }: MemberAccount, reason: string, isPermanent = false): UnreadRegion {
  const label = name === accountId ? accountId : `${name} (${accountId})`;
  return { label, profile: undefined, accountId, account: name, reason, isPermanent };
}

/** Returns the regions that are enabled in the account. Source: EC2 API reference, DescribeRegions (without `AllRegions`). */
async function readEnabledRegions(accountRegion: AccountRegion, abortSignal: AbortSignal): Promise<readonly string[]> {
  const { DescribeRegionsCommand, EC2Client } = await import('@aws-sdk/client-ec2');
  const { Regions = [] } = await accountRegion.client(EC2Client).send(new DescribeRegionsCommand({}), { abortSignal });
  return Regions.flatMap(({ RegionName }) => RegionName ?? []).sort();
}

/** Like the SDK, requests new credentials five minutes before the old credentials expire. */
const RENEWAL_MILLISECONDS = 5 * 60_000;

/**
 * Returns a function that returns the credentials of the role. All clients of the account share this function, so that the role is assumed
 * only once an hour.
 */
function organizationRoleCredentials(
  sts: STSClient,
  RoleArn: string,
  ExternalId: string | undefined,
  { signal: abortSignal, now }: Pick<Io, 'signal' | 'now'>,
): NonNullable<MemberAccount['credentials']> {
  const assume = async () => {
    const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
    const { Credentials: got } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: SESSION_NAME, ExternalId }), {
      abortSignal,
    });
    if (
      got?.AccessKeyId === undefined ||
      got.SecretAccessKey === undefined ||
      got.SessionToken === undefined ||
      got.Expiration === undefined
    )
      throw new Failure(`AssumeRole returned no credentials of ${RoleArn}`);
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken, Expiration: expiration } = got;
    return { accessKeyId, secretAccessKey, sessionToken, expiration };
  };
  let current: ReturnType<typeof assume> | undefined;
  return async () => {
    const asked = current;
    const known = await asked?.catch(() => undefined);
    if (known !== undefined && known.expiration.getTime() - now().getTime() > RENEWAL_MILLISECONDS) return known;
    // A parallel call can assume the role during the `await`.
    if (current === undefined || current === asked) current = assume();
    return current;
  };
}
