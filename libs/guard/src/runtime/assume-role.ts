/**
 * Assumes the role of a member account. This module is a separate bundle, which the function loads at the first call in a member account.
 */
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { SDK_LIMITS } from './sdk-limits.js';

/** AWS credentials in the form that the SDK's clients accept. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration?: Date;
}

let client: STSClient | undefined;

/**
 * Returns credentials that are valid for an hour, AWS's maximum when a role assumes another role ("role chaining").
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function assumeMemberRole(roleArn: string): Promise<RoleCredentials> {
  client ??= new STSClient(SDK_LIMITS);
  // The session name identifies the function in the member's CloudTrail records.
  const RoleSessionName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'portcullis';
  const { Credentials } = await client.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName }));
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
    throw new Error(`STS returned no credentials for ${roleArn}`);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration !== undefined && { expiration: Expiration }),
  };
}
