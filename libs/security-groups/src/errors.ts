import type { PermissionProblem } from '@portcullis/permission-diff';
import { formatProblem } from '@portcullis/permission-diff';

/** What a failed EC2 call means for the one who made it. */
export type CallErrorKind =
  /** A rule to authorize is there already: somebody else wrote. */
  | 'duplicate'
  /** A rule to revoke is gone: somebody else wrote. */
  | 'rule-not-found'
  /** The group, or a group that a rule refers to, does not exist. */
  | 'group-not-found'
  /** The group's quota of rules is used up. */
  | 'quota'
  /** The role may not. */
  | 'denied'
  /** EC2 or the network could not answer now. */
  | 'transient'
  /** EC2 will never take this call. */
  | 'refused';

/** An EC2 call failed. `cause` is the SDK's error; `kind` tells what to do: only `transient` is mended by doing the same again. */
export class SecurityGroupCallError extends Error {
  override readonly name = 'SecurityGroupCallError';
  /** EC2 may have carried out the call: its answer was lost, or it refused only the repetition of a request whose answer was lost. */
  readonly mayHaveHappened: boolean;

  constructor(
    /** EC2's name of the call, e.g. `RevokeSecurityGroupIngress`. */
    readonly operation: string,
    /** EC2's error code, e.g. `InvalidPermission.Duplicate`, or the network's, e.g. `ECONNRESET`. */
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

/** Returns why a read failed, in a few words: the call and EC2's code. */
export function reasonOf(failure: ReadError): string {
  return failure instanceof SecurityGroupCallError ? `${failure.operation} failed with ${failure.code}` : failure.message;
}

/** Reports whether the error is one that reading a group may fail with; any other is a mistake of ours. */
export function isReadError(error: unknown): error is ReadError {
  return error instanceof SecurityGroupCallError || error instanceof UnreadableRuleError;
}

/** EC2 returned a rule that cannot be read, so nothing may be concluded about the group. */
export class UnreadableRuleError extends Error {
  override readonly name = 'UnreadableRuleError';

  constructor(
    readonly groupId: string,
    readonly problems: readonly PermissionProblem[],
  ) {
    super(`the live rules of \`${groupId}\` cannot be read: ${problems.map(formatProblem).join('; ')}`);
  }
}
