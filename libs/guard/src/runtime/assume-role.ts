/** Assumes the role of a member account. A bundle of its own. */
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { SDK_LIMITS } from './sdk-limits.js';

/** As the SDK's clients take them. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration?: Date;
}

let client: STSClient | undefined;

/** Returns credentials for an hour, the longest that a role may have which another role has assumed ("role chaining"). */
export async function assumeRole(roleArn: string): Promise<RoleCredentials> {
  client ??= new STSClient(SDK_LIMITS);
  // The name tells, in the member's CloudTrail, which function it was.
  const RoleSessionName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'portcullis';
  const { Credentials } = await client.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName }));
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
    throw new Error(`STS gave no credentials for ${roleArn}`);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration !== undefined && { expiration: Expiration }),
  };
}
