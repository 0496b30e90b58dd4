/** A call on its way through the sandbox, as `python/aws/server.py` reports it. */
import type { SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { JsonObject } from '../json.js';
import type { CallerName } from './identities.js';

/** A call before it is carried out. */
export interface PendingCall {
  readonly id: number;
  /** In botocore's words: `ec2`, `config`, `lambda`, `events`, `cloudtrail`, `iam`, `sqs`, … */
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** The IAM user that moto gave the key to, if moto did. */
  readonly owner: { readonly arn: string; readonly userId: string } | null;
  readonly userAgent: string;
  readonly sourceIp: string;
  /** By the API's model: `IpPermissions[0].IpRanges[0].CidrIp`. */
  readonly input: JsonObject;
  readonly path: string;
  readonly invocationType: string | null;
  /** EC2 calls only: what IAM's conditions may ask of the groups that the call names. */
  readonly groups?: Readonly<Record<string, GroupFacts>>;
}

/** In a shared VPC, `vpcOwnerId` is another account than `ownerId`. */
type GroupFacts = Readonly<Record<'ownerId' | 'vpcId' | 'vpcOwnerId', string>> & { readonly tags: Readonly<Record<string, string>> };

export interface AwsError {
  readonly code: string;
  readonly message: string;
  /** HTTP. @default 400 */
  readonly status?: number;
}

/** What to do with a call. Empty: moto carries it out. */
export interface Verdict {
  readonly error?: AwsError;
  /** The answer, by the API's model; moto is not asked. */
  readonly result?: JsonObject;
  readonly raw?: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };
  /** Lists show the rules as they were before the last write to the group. */
  readonly stale?: boolean;
  /** moto carries the call out, and the caller gets this error instead of the answer. */
  readonly lost?: AwsError;
}

/** A call that has ended. */
export interface CallEnd {
  readonly id: number;
  readonly status: number;
  readonly error: AwsError | null;
  /** Of a call that may write to security groups. */
  readonly change: GroupChange | null;
}

/** By group id. */
export type GroupStates = Readonly<Record<string, { readonly group: SecurityGroup; readonly rules: readonly SecurityGroupRule[] }>>;

export interface GroupChange {
  readonly before: GroupStates;
  readonly after: GroupStates;
  readonly gained: readonly SecurityGroupRule[];
  readonly lost: readonly SecurityGroupRule[];
}

/** One finished API call. */
export interface Call extends Pick<PendingCall, 'service' | 'operation' | 'region'> {
  /** Counts from 1, in the order in which the calls arrived. */
  readonly sequence: number;
  readonly accountId: string;
  readonly caller: CallerName;
  /** The security group that the call names, if any. */
  readonly groupId?: string;
  readonly parameters: JsonObject;
  readonly status: number;
  /** AWS's error code (`InvalidPermission.Duplicate`) when the call failed. */
  readonly errorCode?: string;
  /** The delivery during which a function made this call. */
  readonly during?: number;
}
