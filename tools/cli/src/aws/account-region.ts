/** One account in one region, reached with one set of credentials. */
import type { FindingActor } from '@portcullis/finding';
import type { Attachment, SecurityGroups, SurveyedGroup, SurveyFilter } from '@portcullis/security-groups';
import type { LookUpCalls } from '../who/find-origins.js';
import type { ChosenCredentials } from './credentials.js';

/** The AWS CLI's options with these names. An absent option gets the value that the AWS CLI would use. */
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
  /** The profile as the user named it; `undefined` if the user named no profile. */
  readonly profile: string | undefined;
  /** Resolves to the account id. Asks AWS only once. */
  accountId(): Promise<string>;
  /** Yields pages of the groups that the account owns. @throws {SecurityGroupCallError} */
  survey(filter?: SurveyFilter): AsyncIterable<readonly SurveyedGroup[]>;
  readonly groups: SecurityGroups;
  /** Yields pages of all network interfaces. @throws {SecurityGroupCallError} */
  attachments(): AsyncIterable<readonly Attachment[]>;
  /** Returns the Name tags of instances, by id. @throws {SecurityGroupCallError} */
  instanceNames(instanceIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Looks up calls to EC2 in CloudTrail's event history. @throws the SDK's error */
  readonly callsNamed: LookUpCalls;
  /** Returns a client of any AWS service in this region with these credentials. */
  client<C>(Client: new (settings: ClientSettings) => C): C;
  /** Yields the changes of the group in CloudTrail's event history, newest first. Rejects with the SDK's error. */
  changesOf(groupId: string): AsyncIterable<GroupChange>;
}

/** `changesOf` reads at most this many events of a group. A group that many instances use has thousands of events. */
export const MAX_EVENTS_READ = 200;

/** A successful call that changed a group. */
export interface GroupChange {
  readonly eventId: string;
  readonly eventName: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly actor: Pick<FindingActor, 'type' | 'arn' | 'issuerArn' | 'sessionName' | 'userName' | 'sourceIp' | 'mfa'>;
}

/** @throws {Failure} when no region is set, or an option is invalid. */
export type OpenAccountRegion = (options: AccountRegionOptions, signal: AbortSignal) => Promise<AccountRegion>;

/** Returns the label for people: `eu-west-1`, or `prod/eu-west-1` with a profile. */
export function labelOf({ region, profile }: Pick<AccountRegion, 'region' | 'profile'>): string {
  return profile === undefined ? region : `${profile}/${region}`;
}
