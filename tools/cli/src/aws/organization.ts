/** Finds the accounts of an organization and their regions, and assumes a role in each account. */
import type { STSClient } from '@aws-sdk/client-sts';
import { partitionOf } from '@portcullis/cloudtrail';
import { Failure } from '../program/failure.js';
import type { Io } from '../program/io.js';
import { counted } from '../render/counted.js';
import { oneLine } from '../terminal/printable.js';
import type { AccountRegion, AccountRegionOptions, Member, RoleCredentials } from './account-region.js';
import type { Requested } from './account-regions.js';
import { isDenied } from './error-words.js';
import { inAccountRegion } from './in-account-region.js';
import { inParallel } from './in-parallel.js';

export interface OrganizationRequest {
  /** The name of the role, after its path if it has one. */
  readonly role: string;
  readonly externalId: string | undefined;
  /** The ids of the accounts to read. Empty for every active account. */
  readonly accounts: readonly string[];
  /** Empty for every enabled region. */
  readonly regions: readonly string[];
}

/** Names our sessions in CloudTrail, and is fixed so that a trust policy can require it (`sts:RoleSessionName`). */
const SESSION_NAME = 'portcullis-cli';

const ACCOUNTS_AT_ONCE = 16;

/**
 * Returns the regions of each account, one account after the other. An account whose role cannot be assumed is a single unread entry.
 *
 * @param callerOptions the credentials of the management account or a delegated administrator, and the region of the first calls: each
 * account must have it enabled
 * @throws {Failure | Interrupted}
 */
export function organizationRegions(
  callerOptions: AccountRegionOptions,
  request: OrganizationRequest,
  io: Io,
): Promise<readonly Requested[]> {
  return inAccountRegion(callerOptions, io, async (caller) => {
    const members = await membersOf(caller, request, io);
    const found: Requested[][] = [];
    let done = 0;
    await inParallel(members, ACCOUNTS_AT_ONCE, io.signal, async (member, i) => {
      found[i] = await regionsOf(member, { ...callerOptions, region: caller.region }, request, io);
      io.progress.bar((done += 1), members.length, `${members.length === 1 ? 'account' : 'accounts'} found`);
    });
    io.signal.throwIfAborted();
    return found.flat();
  });
}

async function membersOf(caller: AccountRegion, { role, externalId, accounts }: OrganizationRequest, io: Io): Promise<Member[]> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const sts = caller.client(STSClient);
  const own = await caller.accountId();
  const partition = partitionOf(caller.region).name;
  const active = await activeAccounts(caller, io);
  const unknown = accounts.filter((id) => !active.has(id));
  if (unknown.length > 0)
    throw new Failure(
      `the organization has no active account ${unknown.join(', ')}; expected ids that \`aws organizations list-accounts\` lists`,
    );
  const names = [...active.values()];
  return [...active].flatMap(([accountId, name]): Member[] => {
    if (accounts.length > 0 && !accounts.includes(accountId)) return [];
    const member = { accountId, name: names.filter((each) => each === name).length === 1 ? name : accountId };
    const roleArn = `arn:${partition}:iam::${accountId}:role/${role.replace(/^\//, '')}`;
    return [accountId === own ? member : { ...member, credentials: roleCredentials(sts, roleArn, externalId, io) }];
  });
}

/** Returns the names of the active accounts by id. Reads every page: pages can be empty although more follow. */
async function activeAccounts(caller: AccountRegion, { signal, progress }: Io): Promise<ReadonlyMap<string, string>> {
  const { OrganizationsClient, paginateListAccounts } = await import('@aws-sdk/client-organizations');
  const client = caller.client(OrganizationsClient);
  const active = new Map<string, string>();
  try {
    for await (const { Accounts = [] } of paginateListAccounts({ client }, {}, { abortSignal: signal })) {
      // AWS retires `Status` in September 2026: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
      for (const { Id, Name, State } of Accounts) if (Id !== undefined && State === 'ACTIVE') active.set(Id, oneLine(Name ?? Id));
      progress.show(`${counted(active.size, 'account')} …`);
    }
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw new Failure(
      'the credentials may not call organizations:ListAccounts; expected credentials of the management account or of a delegated administrator, with a policy that allows it',
      { cause: error },
    );
  }
  return active;
}

async function regionsOf(
  member: Member,
  callerOptions: AccountRegionOptions,
  { role, regions }: OrganizationRequest,
  io: Io,
): Promise<Requested[]> {
  const options = { ...callerOptions, member };
  try {
    return await inAccountRegion(options, io, async (accountRegion) => {
      await assumed(member, role);
      const enabled = regions.length > 0 ? regions : await enabledRegions(accountRegion, io.signal);
      return enabled.map((region) => ({ ...options, region }));
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { accountId, name } = member;
    const label = name === accountId ? accountId : `${name} (${accountId})`;
    return [{ unread: { label, profile: undefined, accountId, account: name, reason: error.message } }];
  }
}

async function assumed({ credentials }: Member, role: string): Promise<void> {
  try {
    await credentials?.();
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw new Failure(`the role \`${role}\` cannot be assumed; expected a role of this name that trusts the caller`, { cause: error });
  }
}

/** Source: EC2 API reference, DescribeRegions: without `AllRegions`, only the enabled regions. */
async function enabledRegions(accountRegion: AccountRegion, abortSignal: AbortSignal): Promise<readonly string[]> {
  const { DescribeRegionsCommand, EC2Client } = await import('@aws-sdk/client-ec2');
  const { Regions = [] } = await accountRegion.client(EC2Client).send(new DescribeRegionsCommand({}), { abortSignal });
  return Regions.flatMap(({ RegionName }) => RegionName ?? []).sort();
}

/** New credentials are requested this long before the old ones expire, as in the SDK. */
const RENEWAL_MILLISECONDS = 5 * 60_000;

/** Returns a function that all clients of the account share, so that the role is assumed once an hour. */
function roleCredentials(
  sts: STSClient,
  RoleArn: string,
  ExternalId: string | undefined,
  { signal: abortSignal, now }: Pick<Io, 'signal' | 'now'>,
): () => Promise<RoleCredentials> {
  let current: Promise<RoleCredentials> | undefined;
  const assume = async (): Promise<RoleCredentials> => {
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
  return async () => {
    const asked = current;
    const known = await asked?.catch(() => undefined);
    if (known !== undefined && known.expiration.getTime() - now().getTime() > RENEWAL_MILLISECONDS) return known;
    // Another client may have asked while this one waited.
    if (current === undefined || current === asked) current = assume();
    return current;
  };
}
