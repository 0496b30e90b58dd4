/** The place behind the AWS SDK. Loaded by the commands that ask AWS, since it takes longer to load than the others to run. */
import { CloudTrailClient, type CloudTrailClientConfig } from '@aws-sdk/client-cloudtrail';
import { EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ec2Reader, ec2Writer, surveyGroups, translated } from '@portcullis/security-groups';
import { Failure } from '../program/failure.js';
import { chosenCredentials } from './credentials.js';
import { changesOf, lastChangeOf } from './last-change.js';
import type { OpenAccountRegion } from './account-region.js';
import { EACH_REQUEST, EC2_RATE, LOOKUP_RATE, turns } from './request-rate.js';

/** A person waits longer than a function may, and AWS asks for patience when a fleet is read. */
const LIMITS = {
  maxAttempts: 8,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
} as const;

/** Returns what opens a place, with what the environment says of region and profile. */
export function openWithSdk(env: Readonly<Record<string, string | undefined>>): OpenAccountRegion {
  return async ({ region, profile, endpointUrl }, signal) => {
    const given = (...texts: (string | undefined)[]) => texts.find((text) => text !== undefined && text !== '');
    // As the AWS CLI does: the SDK does not know AWS_DEFAULT_REGION.
    const where = given(region, env.AWS_REGION, env.AWS_DEFAULT_REGION);
    refuseUnusable(where, endpointUrl);
    const settings = {
      ...LIMITS,
      ...chosenCredentials(profile, env),
      ...(where !== undefined && { region: where }),
      ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    };
    const ec2 = new EC2Client(settings);
    const found = await regionOf(ec2);
    const ec2Turn = turns(EC2_RATE);
    ec2.middlewareStack.add(
      (next) => async (args) => {
        await ec2Turn();
        return next(args);
      },
      EACH_REQUEST,
    );
    let trail: CloudTrailClient | undefined;
    const history = (): CloudTrailClient => (trail ??= openTrail({ ...settings, region: found }));
    let account: Promise<string> | undefined;
    const accountId = (): Promise<string> => (account ??= accountOf(new STSClient({ ...settings, region: found }), signal));
    return {
      region: found,
      profile,
      accountId,
      survey: async function* (filter) {
        yield* surveyGroups(ec2, { ...filter, ownerId: await accountId() }, signal);
      },
      // Without the signal: a change that has begun is not cut off, and its reads verify it.
      groups: { ...ec2Reader(ec2, { ownerId: accountId }), ...ec2Writer(ec2) },
      lastChangeOf: (groupId) => lastChangeOf(history(), groupId, signal),
      changesOf: (groupId) => changesOf(history(), groupId, signal),
      client: (Client) => new Client({ ...settings, region: found }),
    };
  };
}

function refuseUnusable(region: string | undefined, endpointUrl: string | undefined): void {
  if (region !== undefined && !/^[a-z0-9-]+$/i.test(region))
    throw new Failure(`\`${region}\` is not a region; expected one such as \`eu-west-1\``);
  if (endpointUrl !== undefined && !/^https?:$/.test(URL.canParse(endpointUrl) ? new URL(endpointUrl).protocol : ''))
    throw new Failure(`\`${endpointUrl}\` is not an endpoint; expected a URL such as \`http://127.0.0.1:4566\``);
}

function openTrail(settings: CloudTrailClientConfig): CloudTrailClient {
  const client = new CloudTrailClient(settings);
  const turn = turns(LOOKUP_RATE);
  client.middlewareStack.add(
    (next) => async (args) => {
      await turn();
      return next(args);
    },
    EACH_REQUEST,
  );
  return client;
}

async function regionOf(client: EC2Client): Promise<string> {
  try {
    return await client.config.region();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('Region is missing')) throw error;
    throw new Failure('no region is set; expected `--region`, AWS_REGION, or a region in the profile (`aws configure`)');
  }
}

async function accountOf(sts: STSClient, abortSignal: AbortSignal): Promise<string> {
  const { Account } = await translated('GetCallerIdentity', sts.send(new GetCallerIdentityCommand({}), { abortSignal }));
  if (Account === undefined) throw new Failure('AWS did not tell whose credentials these are (GetCallerIdentity)');
  return Account;
}
