/** An API call in the sandbox, as `python/aws/server.py` reports it. */
import type { SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { JsonObject } from '../json.js';
import type { CallerName } from './identities.js';

/** A call that moto has not handled yet. */
export interface PendingCall {
  readonly id: number;
  /** botocore's name of the service: `ec2`, `config`, `lambda`, `events`, `cloudtrail`, `iam`, `sqs`, … */
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** The IAM user to whom the access key belongs. Null if the sandbox created the key, and not moto. */
  readonly owner: { readonly arn: string; readonly userId: string } | null;
  readonly userAgent: string;
  readonly sourceIp: string;
  /** The parameters of the call, with the member names of the SDK: `IpPermissions[0].IpRanges[0].CidrIp`. */
  readonly input: JsonObject;
  readonly path: string;
  readonly invocationType: string | null;
  /** For EC2 calls, the owner, VPC and tags of each group that the call names. IAM conditions use these properties. */
  readonly groups?: Readonly<Record<string, GroupFacts>>;
}

/** In a shared VPC, the owner of the VPC and the owner of the group can differ. */
type GroupFacts = Readonly<Record<'ownerId' | 'vpcId' | 'vpcOwnerId', string>> & { readonly tags: Readonly<Record<string, string>> };

export interface AwsError {
  readonly code: string;
  readonly message: string;
  /** The HTTP status. @default 400 */
  readonly status?: number;
}

/** What moto must do with a call. With an empty verdict, moto handles the call as usual. */
export interface Verdict {
  readonly error?: AwsError;
  /** The response, with the member names of the SDK. If this response is present, moto does not handle the call. */
  readonly result?: JsonObject;
  readonly raw?: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };
  /** moto handles the call, and returns the rules as they were before the last write to the group. */
  readonly stale?: boolean;
  /** moto handles the call, and the caller gets this error instead of the response. */
  readonly lost?: AwsError;
}

/** The outcome of a call that has ended. */
export interface CallEnd {
  readonly id: number;
  readonly status: number;
  readonly error: AwsError | null;
  /** Null if the operation never changes security groups. */
  readonly change: GroupChange | null;
}

/** The properties and rules of groups, by group id. */
export type GroupStates = Readonly<Record<string, { readonly group: SecurityGroup; readonly rules: readonly SecurityGroupRule[] }>>;

export interface GroupChange {
  readonly before: GroupStates;
  readonly after: GroupStates;
  readonly gained: readonly SecurityGroupRule[];
  readonly lost: readonly SecurityGroupRule[];
}

/** One finished API call. */
export interface Call extends Pick<PendingCall, 'service' | 'operation' | 'region'> {
  /** Counts from 1, in order of arrival. */
  readonly sequence: number;
  readonly accountId: string;
  readonly caller: CallerName;
  /** The security group that the call names, if any. */
  readonly groupId?: string;
  readonly parameters: JsonObject;
  readonly status: number;
  /** AWS's error code, such as `InvalidPermission.Duplicate`, if the call failed. */
  readonly errorCode?: string;
  /** The id of the delivery during which a function made this call. */
  readonly during?: number;
}
