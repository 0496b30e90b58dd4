/** Opens an account and region with the AWS SDK. Only commands that call AWS load this module, because loading the SDK takes time. */
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  ec2Reader,
  ec2Writer,
  readAttachments,
  readGroupAttachments,
  readInstanceNames,
  surveyGroups,
  translateEc2Errors,
} from '@portcullis/security-groups';
import { Failure } from '../command-line/failure.js';
import type { OpenAccountRegion } from './account-region.js';
import { chooseAwsCredentials } from './credentials.js';
import { lookUpAccountRegionHistory } from './event-history.js';
import { EC2_RATE, LOOKUP_RATE, limitRequestRate } from './request-rate.js';

/**
 * AWS often throttles a command that reads many accounts and regions. The CLI therefore retries more often and waits longer than the Lambda
 * functions do.
 */
const LIMITS = {
  maxAttempts: 8,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
} as const;

export function openAwsAccountRegion(env: Readonly<Record<string, string | undefined>>): OpenAccountRegion {
  return async ({ region: named, profile, endpointUrl, member }, signal) => {
    // The SDK ignores AWS_DEFAULT_REGION, but the AWS CLI uses it.
    const wanted = [named, env.AWS_REGION, env.AWS_DEFAULT_REGION].find((text) => text !== undefined && text !== '');
    refuseInvalidSdkOptions(wanted, endpointUrl);
    const options = {
      ...LIMITS,
      ...(member?.credentials === undefined ? chooseAwsCredentials(profile, env) : { credentials: member.credentials }),
      ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    };
    const ec2 = limitRequestRate(new EC2Client({ ...options, ...(wanted !== undefined && { region: wanted }) }), EC2_RATE);
    const region = await resolveSdkRegion(ec2);
    const settings = { ...options, region };
    let trail: CloudTrailClient | undefined;
    const history = (): CloudTrailClient => (trail ??= limitRequestRate(new CloudTrailClient(settings), LOOKUP_RATE));
    let account = member && Promise.resolve(member.accountId);
    const accountId = (): Promise<string> => (account ??= callerAccountId(new STSClient(settings), signal));
    return {
      region,
      profile,
      account: member?.name,
      accountId,
      accountAlias: async () => (await import('./account-alias.js')).readAccountAlias(settings, signal),
      survey: async function* (filter) {
        yield* surveyGroups(ec2, { ...filter, ownerId: await accountId() }, signal);
      },
      // `groups` does not get the signal, because an interrupt must not stop a change of a security group halfway.
      groups: { ...ec2Reader(ec2, { ownerId: accountId }), ...ec2Writer(ec2) },
      attachments: () => readAttachments(ec2, undefined, signal),
      behind: (groupId) => readGroupAttachments(ec2, groupId, signal),
      instanceNames: (instanceIds) => readInstanceNames(ec2, instanceIds, signal),
      callsNamed: (eventName) => lookUpAccountRegionHistory(history(), eventName, signal),
      client: (Client) => new Client(settings),
    };
  };
}

function refuseInvalidSdkOptions(region: string | undefined, endpointUrl: string | undefined): void {
  if (region !== undefined && !/^[a-z0-9-]+$/i.test(region))
    throw new Failure(`invalid region \`${region}\`; expected one such as \`eu-west-1\``);
  if (endpointUrl !== undefined && !/^https?:$/.test(URL.canParse(endpointUrl) ? new URL(endpointUrl).protocol : ''))
    throw new Failure(`invalid endpoint \`${endpointUrl}\`; expected a URL such as \`http://127.0.0.1:4566\``);
}

async function resolveSdkRegion(client: EC2Client): Promise<string> {
  try {
    return await client.config.region();
  } catch (error) {
    if (!(error instanceof Error) || !/^Region (is missing|not accepted)/.test(error.message)) throw error;
    if (error.message.startsWith('Region not'))
      throw new Failure('the region in AWS_REGION or the profile is empty or invalid; expected one such as `eu-west-1`');
    throw new Failure('no region is set; expected `--region`, AWS_REGION, or a region in the profile (`aws configure`)');
  }
}

async function callerAccountId(sts: STSClient, abortSignal: AbortSignal): Promise<string> {
  const { Account } = await translateEc2Errors('GetCallerIdentity', sts.send(new GetCallerIdentityCommand({}), { abortSignal }));
  if (Account === undefined) throw new Failure('GetCallerIdentity returned no account');
  return Account;
}
