/** One account in one region, reached with one set of credentials. */
import type { Attachment, Behind, SecurityGroups, SurveyedGroup, SurveyFilter } from '@portcullis/security-groups';
import type { LookUpCalls } from '../who/history-reader.js';
import type { ChosenCredentials } from './credentials.js';

/** The same options as in the AWS CLI, with the same defaults. */
export interface AccountRegionOptions {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpointUrl?: string | undefined;
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

export interface AccountRegion {
  readonly region: string;
  /** The profile on the command line. */
  readonly profile: string | undefined;
  /** Resolves to the account id. Asks AWS only once. */
  accountId(): Promise<string>;
  /** Resolves to the account's alias; null if it has none or the caller may not read it. */
  accountAlias(): Promise<string | null>;
  /** Yields pages of the groups that the account owns. @throws {SecurityGroupCallError} */
  survey(filter?: SurveyFilter): AsyncIterable<readonly SurveyedGroup[]>;
  readonly groups: SecurityGroups;
  /** Yields pages of all network interfaces. @throws {SecurityGroupCallError} */
  attachments(): AsyncIterable<readonly Attachment[]>;
  /** Returns what is in one group: see `readBehind`. @throws {SecurityGroupCallError} */
  behind(groupId: string): Promise<Behind>;
  /** Returns the Name tags of instances, by id. @throws {SecurityGroupCallError} */
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

/** Returns the label for people: `eu-west-1`, or `prod/eu-west-1` with a profile. */
export function scopeLabel({ region, profile }: Pick<AccountRegion, 'region' | 'profile'>): string {
  return profile === undefined ? region : `${profile}/${region}`;
}

/** Returns e.g. `acme-prod (123456789012), eu-west-1`, or `account 123456789012, eu-west-1` if the account has no alias. */
export async function scopeWords(accountRegion: Pick<AccountRegion, 'accountId' | 'accountAlias' | 'region'>): Promise<string> {
  const [id, alias] = await Promise.all([accountRegion.accountId(), accountRegion.accountAlias()]);
  return `${alias === null ? `account ${id}` : `${alias} (${id})`}, ${accountRegion.region}`;
}
