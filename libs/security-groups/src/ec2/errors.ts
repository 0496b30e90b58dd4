import { formatPermissionProblem, type PermissionProblem } from '@portcullis/permission-diff';

/** Why an EC2 call failed. Callers handle each kind of failure differently. */
export type CallErrorKind =
  /** The rule to authorize already exists, because another writer added it first. */
  | 'duplicate'
  /** The rule to revoke no longer exists, because another writer removed it first. */
  | 'rule-not-found'
  /** The group, or a group that a rule refers to, does not exist. */
  | 'group-not-found'
  /** The quota of rules per security group is used up. */
  | 'quota'
  /** The role is not allowed to make the call. */
  | 'denied'
  /** EC2 or the network failed. A retry may succeed. */
  | 'transient'
  /** EC2 refuses this request. A retry cannot succeed. */
  | 'refused';

/** A failed EC2 call, with the SDK's error as `cause`. A retry can only help if `kind` is `transient`. */
export class SecurityGroupCallError extends Error {
  override readonly name = 'SecurityGroupCallError';
  /** Whether the call possibly took effect. True if the response was lost, or if EC2 refused a request that the SDK sent again. */
  readonly mayHaveHappened: boolean;

  constructor(
    /** EC2's action, such as `RevokeSecurityGroupIngress`. */
    readonly operation: string,
    /** EC2's error code, such as `InvalidPermission.Duplicate`, or the code of a network error, such as `ECONNRESET`. */
    readonly code: string,
    readonly kind: CallErrorKind,
    message: string,
    options: ErrorOptions & { readonly mayHaveHappened?: boolean } = {},
  ) {
    super(message, options);
    this.mayHaveHappened = options.mayHaveHappened ?? false;
  }
}

/** Why the rules of a group could not be read. */
export type ReadError = SecurityGroupCallError | UnreadableRuleError;

/** Returns the failed action and EC2's error code as text. */
export function ec2ReadErrorReason(failure: ReadError): string {
  return failure instanceof SecurityGroupCallError ? `${failure.operation} failed with ${failure.code}` : failure.message;
}

/** Reports whether the error comes from a failed read, and not from a bug. */
export function isReadError(error: unknown): error is ReadError {
  return error instanceof SecurityGroupCallError || error instanceof UnreadableRuleError;
}

/** EC2 returned a rule that we cannot parse, so the rules of the group are unknown. */
export class UnreadableRuleError extends Error {
  override readonly name = 'UnreadableRuleError';

  constructor(
    readonly groupId: string,
    readonly problems: readonly PermissionProblem[],
  ) {
    super(`the live rules of \`${groupId}\` cannot be read: ${problems.map(formatPermissionProblem).join('; ')}`);
  }
}
