/** The type `AccountRegion`: one account in one region, with the functions that read it. */
import type { fromEnv } from '@aws-sdk/credential-provider-env';
import type { Attachment, GroupAttachments, SecurityGroups, SurveyedGroup, SurveyFilter } from '@portcullis/security-groups';
import type { LookUpCalls } from '../who/history-reader.js';
import type { CaptureTimes, RecordedGroups } from './aggregator.js';
import type { ChosenCredentials } from './credentials.js';

/** Options with the names and defaults of the AWS CLI. */
export interface AccountRegionOptions {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpointUrl?: string | undefined;
  /** @default the account of the credentials */
  readonly member?: MemberAccount;
  /** The groups that AWS Config recorded. @default the groups are read from EC2 */
  readonly recorded?: RecordedGroups;
  /** Whether to read a group again from EC2 if the record of AWS Config shows drift. */
  readonly isVerified?: boolean;
}

/** An account of an organization. */
export interface MemberAccount {
  readonly accountId: string;
  /** The account's name in the organization, or its id if several accounts have the same name. */
  readonly name: string;
  /**
   * Returns the credentials of a role in the account. Absent if this is the caller's own account, or if the user named no role.
   */
  readonly credentials?: ReturnType<typeof fromEnv>;
}

/** The settings of every SDK client. */
export interface ClientSettings extends ChosenCredentials {
  readonly region: string;
  readonly endpoint?: string;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}

export interface RecordedByConfig extends CaptureTimes {
  readonly isVerified: boolean;
}

export interface AccountRegion {
  readonly region: string;
  /** The profile on the command line. */
  readonly profile: string | undefined;
  /** The name of the account in its organization; absent if the command does not read an organization. */
  readonly account?: string | undefined;
  /** Resolves to the account id, and calls AWS at most once. */
  accountId(): Promise<string>;
  /** Resolves to the account's alias, or to null if the account has no alias or the alias could not be read. */
  accountAlias(): Promise<string | null>;
  /** When AWS Config captured the groups, and whether drifted groups are read again from EC2; absent if AWS Config is not used. */
  readonly recorded?: RecordedByConfig;
  /**
   * Reads all groups that the account owns, and yields them page by page.
   *
   * @param differs reports whether the record of AWS Config shows drift of a group; `survey` reads such a group from EC2
   * @throws {SecurityGroupCallError}
   */
  survey(filter?: SurveyFilter, differs?: (group: SurveyedGroup) => boolean): AsyncIterable<readonly SurveyedGroup[]>;
  readonly groups: SecurityGroups;
  /** Reads all network interfaces, and yields them page by page. @throws {SecurityGroupCallError} */
  attachments(): AsyncIterable<readonly Attachment[]>;
  /**
   * Returns the network interfaces that use the group, and the resources of these interfaces: see `readGroupAttachments`.
   *
   * @throws {SecurityGroupCallError}
   */
  behind(groupId: string): Promise<GroupAttachments>;
  /** Returns the `Name` tag of each instance, by instance id. @throws {SecurityGroupCallError} */
  instanceNames(instanceIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Looks up calls to EC2 in CloudTrail's event history. @throws the SDK's error */
  readonly callsNamed: LookUpCalls;
  /** Returns a client of any AWS service in this region with these credentials. */
  client<C>(Client: new (settings: ClientSettings) => C): C;
}

/** @throws {Failure} when no region is set, or an option is invalid. */
export type OpenAccountRegion = (options: AccountRegionOptions, signal: AbortSignal) => Promise<AccountRegion>;

/** An account id and a region. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

/** An account id and a region, and the names that the output shows. */
export interface NamedScope extends Scope {
  /** The AWS profile from the options of the command. */
  readonly profile: string | undefined;
  /** The name of the account in its organization. */
  readonly account?: string;
}

/**
 * Returns the label of the region in the output, such as `eu-west-1`. If the account or the profile has a known name, the label contains
 * the name: `prod/eu-west-1`.
 */
export function accountRegionLabel({ region, profile, account = profile }: Pick<AccountRegion, 'region' | 'profile' | 'account'>): string {
  return account === undefined ? region : `${account}/${region}`;
}

/**
 * Returns a text such as `acme-prod (123456789012), eu-west-1`, or `account 123456789012, eu-west-1` if the account has neither a name nor
 * an alias.
 */
export async function describeAccountRegion({
  account,
  ...accountRegion
}: Pick<AccountRegion, 'account' | 'accountId' | 'accountAlias' | 'region'>): Promise<string> {
  const [id, alias] = await Promise.all([accountRegion.accountId(), account ?? accountRegion.accountAlias()]);
  return `${alias === null || alias === id ? `account ${id}` : `${alias} (${id})`}, ${accountRegion.region}`;
}
