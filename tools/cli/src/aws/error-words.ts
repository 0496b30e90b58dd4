/** Says in plain words why AWS did not do what it was asked for. */
import { isReadError, SecurityGroupCallError } from '@portcullis/security-groups';
import { Failure, Interrupted } from '../program/failure.js';
import { oneLine } from '../terminal/printable.js';
import type { AccountRegion } from './account-region.js';

/**
 * Returns why a call failed and what would help, in one line without a final stop. An error that is not of a call is thrown on.
 *
 * @param asked what was called, for an error that does not say it
 */
export function awsErrorWords(error: unknown, place: Pick<AccountRegion, 'region' | 'profile'>, asked = 'AWS'): string {
  if (isReadError(error) && !(error instanceof SecurityGroupCallError)) return oneLine(error.message);
  const { code, message, operation } = fieldsOf(error, asked);
  // The SDK's words for an answer that is no XML of EC2's.
  if (/deserialization error/i.test(message))
    return `what answered in ${place.region} is not AWS: its answer to ${operation} cannot be read; expected a region that exists and no proxy in between, or another \`--endpoint-url\``;
  const signIn = place.profile === undefined ? 'aws sso login' : `aws sso login --profile ${place.profile}`;
  const whose = place.profile === undefined ? '' : ` of the profile \`${place.profile}\``;
  if (isDenied(error))
    return `the credentials${whose} may not call ${operation} in ${place.region} (${code}); expected a policy that allows it`;
  switch (code) {
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      if (/sso/i.test(message) && /expired|invalid/i.test(message)) return `the SSO session${whose} is over; expected \`${signIn}\` first`;
      if (/could not resolve credentials using profile/i.test(message))
        return `there are no credentials for the profile \`${place.profile ?? 'default'}\`; expected a profile of \`aws configure list-profiles\` that is signed in`;
      return `no AWS credentials were found${whose}; expected them where the AWS CLI finds them: \`aws configure\`, \`${signIn}\`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'RequestExpired':
      return `the AWS credentials${whose} have expired; expected you to sign in again (\`${signIn}\`)`;
    case 'AuthFailure':
    case 'InvalidClientTokenId':
    case 'SignatureDoesNotMatch':
    case 'UnrecognizedClientException':
      return `AWS does not know the credentials${whose}, or not in ${place.region} (${code}); expected valid keys, and a region that the account has enabled`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ETIMEDOUT':
    case 'TimeoutError':
      return `AWS could not be reached in ${place.region} (${operation}: ${code}); expected a region that exists and a way to it, or another \`--endpoint-url\``;
    default:
      return oneLine(message.includes(code) ? message : `${operation}: ${code}: ${message}`);
  }
}

/** Reports whether a policy that is missing is why AWS refused. */
export function isDenied(error: unknown): boolean {
  const code = error instanceof SecurityGroupCallError ? error.code : error instanceof Error ? error.name : '';
  return DENIED.includes(code);
}

const DENIED = ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'];

function fieldsOf(error: unknown, asked: string): { code: string; message: string; operation: string } {
  if (error instanceof SecurityGroupCallError) {
    // Of a refused connection Node's own error is the cause of the SDK's, or it is a bundle of them.
    return { code: error.code, message: error.message, operation: error.operation };
  }
  // The SDK's errors have `$metadata`, the credential providers' a name of their own.
  if (error instanceof Error && ('$metadata' in error || 'tryNextLink' in error || isSystemError(error))) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    // As many services word it: `User: … is not authorized to perform: logs:FilterLogEvents on resource: …`.
    const operation = /not authorized to perform: ([\w-]+:\w+)/.exec(error.message)?.[1] ?? asked;
    return { code, message: error.message, operation };
  }
  throw error;
}

function isSystemError(error: Error): boolean {
  return 'syscall' in error || 'errno' in error;
}

/** Awaits what asks AWS. @throws {Failure} in words where AWS did not answer; any other error as it is. */
export async function withAwsErrorWords<T>(place: Pick<AccountRegion, 'region' | 'profile'>, asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    if (error instanceof Failure || error instanceof Interrupted) throw error;
    throw new Failure(awsErrorWords(error, place), { cause: error });
  }
}
