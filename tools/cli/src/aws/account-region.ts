/** One account in one region, in our own words. */
import type { FindingActor } from '@portcullis/finding';
import type { SecurityGroups, SurveyedGroup, SurveyFilter } from '@portcullis/security-groups';
import type { ChosenCredentials } from './credentials.js';

/** How the AWS CLI calls them; what is left out is found as it finds it. */
export interface AccountRegionOptions {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpointUrl?: string | undefined;
}

/** What the SDK's clients are made with here. */
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
  /** As it was named; absent where none was. */
  readonly profile: string | undefined;
  /** Asked for once. */
  accountId(): Promise<string>;
  /** Yields the groups that the account owns, a page at a time. Groups of other accounts are left out. @throws {SecurityGroupCallError} */
  survey(filter?: SurveyFilter): AsyncIterable<readonly SurveyedGroup[]>;
  readonly groups: SecurityGroups;
  /** Returns a client of any service of AWS, in this region and with these credentials. */
  client<C>(Client: new (settings: ClientSettings) => C): C;
  /** Returns who changed the group last, as far as the newest events of CloudTrail's history tell: of the last 90 days. Rejects with the SDK's error. */
  lastChangeOf(groupId: string): Promise<LastChange | undefined>;
  /** Yields who changed the group, the newest first, as far as those events tell. Rejects with the SDK's error. */
  changesOf(groupId: string): AsyncIterable<LastChange>;
}

/** So many events on a group are looked through: a group that many instances start with has thousands. */
export const MAX_LOOKED_THROUGH = 200;

/** A call that changed a group. */
export interface LastChange {
  readonly eventId: string;
  readonly eventName: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly actor: Pick<FindingActor, 'type' | 'arn' | 'issuerArn' | 'sessionName' | 'userName' | 'sourceIp' | 'mfa'>;
}

/** @throws {Failure} when no region is set. */
export type OpenAccountRegion = (options: AccountRegionOptions, signal: AbortSignal) => Promise<AccountRegion>;

/** Returns what people call the place: `eu-west-1`, or `prod/eu-west-1`. */
export function labelOf({ region, profile }: Pick<AccountRegion, 'region' | 'profile'>): string {
  return profile === undefined ? region : `${profile}/${region}`;
}
