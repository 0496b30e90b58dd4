/** Explains why an AWS call failed, and what the user can do. */
import { isReadError, SecurityGroupCallError } from '@portcullis/security-groups';
import { safeTerminalLine } from '../command-line/printable.js';
import type { AccountRegion } from './account-region.js';

type Where = Pick<AccountRegion, 'region' | 'profile'>;

/**
 * Returns why a call failed and what to do, in one line without a full stop. Rethrows an error that did not come from an AWS call.
 *
 * @param asked the name of the call, for errors that do not name the call
 */
export function awsErrorWords(error: unknown, { region, profile }: Where, asked = 'AWS'): string {
  if (isReadError(error) && !(error instanceof SecurityGroupCallError)) return safeTerminalLine(error.message);
  const { code, message, operation } = awsErrorFields(error, asked);
  // The SDK throws a deserialization error if a response is not valid XML from AWS.
  if (/deserialization error/i.test(message))
    return `the endpoint in ${region} that answered ${operation} is not AWS; check the region, proxies and \`--endpoint-url\``;
  const signIn = profile === undefined ? 'aws sso login' : `aws sso login --profile ${profile}`;
  const ofProfile = profile === undefined ? '' : ` of profile \`${profile}\``;
  if (isAccessDenied(error))
    return `the credentials${ofProfile} are not allowed to call ${operation} in ${region} (${code}); expected a policy that allows it`;
  switch (code) {
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      if (/sso/i.test(message) && /expired|invalid/i.test(message))
        return `the SSO session${ofProfile} has expired; sign in again with \`${signIn}\``;
      if (/could not resolve credentials using profile/i.test(message))
        return `the profile \`${profile ?? 'default'}\` has no credentials; expected a profile that \`aws configure list-profiles\` lists`;
      return `no AWS credentials${ofProfile} found; run \`aws configure\` or \`${signIn}\`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'RequestExpired':
      return `the AWS credentials${ofProfile} have expired; sign in again with \`${signIn}\``;
    case 'AuthFailure':
    case 'InvalidClientTokenId':
    case 'SignatureDoesNotMatch':
    case 'UnrecognizedClientException':
      return `AWS rejected the credentials${ofProfile} in ${region} (${code}); expected valid keys, and a region that the account has enabled`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ETIMEDOUT':
    case 'TimeoutError':
      return `AWS could not be reached in ${region} (${operation}: ${code}); check the region, the network and \`--endpoint-url\``;
    default:
      return safeTerminalLine(message.includes(code) ? message : `${operation}: ${code}: ${message}`).replace(/\.$/, '');
  }
}

/**
 * Reports whether the call failed because the function or log group does not exist. Compares the error's name, because the published
 * package does not contain the SDK's error classes.
 */
export function isAwsResourceNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException';
}

/** Reports whether AWS denied the call because the policies of the caller do not allow the call. */
export function isAccessDenied(error: unknown): boolean {
  const code = error instanceof SecurityGroupCallError ? error.code : error instanceof Error ? error.name : '';
  return ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'].includes(code);
}

function awsErrorFields(error: unknown, asked: string): { code: string; message: string; operation: string } {
  if (error instanceof SecurityGroupCallError) return { code: error.code, message: error.message, operation: error.operation };
  // The SDK's errors have `$metadata`, errors of credential providers have `tryNextLink`, and network errors have `syscall` or `errno`.
  if (error instanceof Error && ['$metadata', 'tryNextLink', 'syscall', 'errno'].some((key) => key in error)) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    // The message of many services is `User: … is not authorized to perform: logs:FilterLogEvents on resource: …`.
    const operation = /not authorized to perform: ([\w-]+:\w+)/.exec(error.message)?.[1] ?? asked;
    return { code, message: error.message, operation };
  }
  throw error;
}
