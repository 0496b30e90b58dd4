import type { CallerName } from './identities.js';

/** One API call that passed the sandbox, whoever made it. */
export interface Call {
  /** Counts from 1, in the order in which the calls arrived. */
  readonly sequence: number;
  /** The service as signed: `ec2`, `config`, `lambda`, `events`, `cloudtrail`, `iam`, `s3`, `sqs`, … */
  readonly service: string;
  /**
   * The operation in AWS's words: `AuthorizeSecurityGroupIngress`; for a REST call this module does not know, method
   * and path.
   */
  readonly operation: string;
  readonly caller: CallerName;
  /** The security group the call names (`GroupId`, or the first of `GroupId.N` / filter `group-id`), if any. */
  readonly groupId?: string;
  /**
   * EC2 calls only: the caller's own input, lists as arrays, names as on the wire
   * (`IpPermissions[0].IpRanges[0].CidrIp`), values as text.
   */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** AWS's error code (`InvalidPermission.Duplicate`) when the call failed. */
  readonly errorCode?: string;
  /** The delivery during which a function made this call. */
  readonly during?: number;
}
