/** Translates the SDK's errors into `SecurityGroupCallError`. */
import { SecurityGroupCallError, type CallErrorKind } from './errors.js';

// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
const KINDS: Readonly<Record<string, CallErrorKind>> = {
  'InvalidPermission.Duplicate': 'duplicate',
  'InvalidPermission.NotFound': 'rule-not-found',
  'InvalidSecurityGroupRuleId.NotFound': 'rule-not-found',
  'InvalidGroup.NotFound': 'group-not-found',
  RulesPerSecurityGroupLimitExceeded: 'quota',
  UnauthorizedOperation: 'denied',
  AuthFailure: 'denied',
  // STS returns `AccessDenied` if the role of a member account cannot be assumed.
  AccessDenied: 'denied',
  ExpiredToken: 'transient',
  InternalError: 'transient',
  InternalFailure: 'transient',
  RequestExpired: 'transient',
  RequestLimitExceeded: 'transient',
  ServiceUnavailable: 'transient',
  Throttling: 'transient',
  ThrottlingException: 'transient',
  Unavailable: 'transient',
  TimeoutError: 'transient',
};

/** Awaits an SDK call. @throws {SecurityGroupCallError} for every error of the call. */
export async function translateEc2Errors<T>(operation: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw toSecurityGroupCallError(operation, error);
  }
}

function toSecurityGroupCallError(operation: string, error: unknown): SecurityGroupCallError {
  const { name, message, code, status, attempts } = ec2SdkErrorFields(error);
  const known = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  // Without an HTTP status, the request or the response was lost. With a status below 400, the SDK could not parse the response. A retry
  // can help in both cases.
  const refused = status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
  const kind = known ?? (refused ? 'refused' : 'transient');
  return new SecurityGroupCallError(operation, code ?? name, kind, `${operation}: ${code ?? name}: ${message}`, {
    cause: error,
    // If the response is lost, the SDK repeats the request. EC2 refuses the second request as a duplicate if the first request took effect.
    mayHaveHappened: kind === 'transient' || attempts > 1,
  });
}

interface ErrorFields {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
  /** The number of requests that the SDK sent for this call. */
  readonly attempts: number;
}

function ec2SdkErrorFields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { name: 'UnknownError', message: String(error), code: undefined, status: undefined, attempts: 1 };
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const numberIn = (key: string): number | undefined => {
    const value: unknown = typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, key) : undefined;
    return typeof value === 'number' ? value : undefined;
  };
  const status = numberIn('httpStatusCode');
  // The name of a network error is always `Error`. The `code` of a network error, such as ECONNRESET, says what failed.
  const code = error.name === 'Error' && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name: error.name, message: error.message, code, status, attempts: numberIn('attempts') ?? 1 };
}
