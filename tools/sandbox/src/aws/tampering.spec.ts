/** Calls that tamper with the deployed guard, end to end: each is recorded, delivered and found, with who made it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudTrailClient, StartLoggingCommand, StopLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  ConfigServiceClient,
  DeleteConfigRuleCommand,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  DeleteFunctionConcurrencyCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { DeleteBucketCommand, DeleteBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteQueueCommand, GetQueueUrlCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Finding } from '@portcullis/finding';
import { ANYWHERE, authorize, baselineFor, createGroups, ingressWords, tcp, type ScenarioGroups } from '../demo/groups.js';
import { findingsOf } from '../demo/narrate.js';
import type { Deployment } from '../deployment/deployment.js';
import { deployStacks } from '../deployment/synthesis.js';
import { parseObject, textOf, type JsonObject } from '../json.js';
import { startSandbox, type ClientClass, type Sandbox } from '../sandbox.js';

jest.setTimeout(60_000);

const REMEDIATOR = 'portcullis-config-remediator';
const POLICY = JSON.stringify({ Version: '2012-10-17', Statement: [] });

let sandbox: Sandbox;
let outdir: string;
let groups: ScenarioGroups;
let deployed: Deployment;
let keyArn: string;
let notDelivered: string[];

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'portcullis-tampering-'));
  sandbox = await startSandbox();
  groups = await createGroups(sandbox);
  sandbox.onEvent((event) => event.type === 'not-delivered' && notDelivered.push(event.reason));
  keyArn = textOf((await kms('CreateKey', {})).KeyMetadata, 'Arn') ?? '';
  const [deployment] = await deployStacks(sandbox, { baselineText: baselineFor(groups), outdir, settings: { kmsKey: keyArn } });
  deployed = structuredClone(given(deployment));
});

/** Deploys anew, so that no test meets what another broke. */
beforeEach(async () => {
  notDelivered = [];
  await sandbox.deploy(structuredClone(deployed));
  await sandbox.settle();
});

afterAll(async () => {
  await sandbox.stop();
  await rm(outdir, { recursive: true, force: true });
});

const mallory = <T extends { destroy(): void }>(Client: ClientClass<T>): T => sandbox.client(Client, sandbox.person('mallory'));

/** What the detector found because of `act`. */
async function foundBy(act: () => Promise<unknown>): Promise<readonly Finding[]> {
  const before = sandbox.deliveries.length;
  await act();
  await sandbox.settle();
  const ofCloudTrail = sandbox.deliveries.slice(before).filter(({ kind }) => kind === 'cloudtrail');
  return ofCloudTrail.flatMap(({ result }) => findingsOf(result));
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a value');
  return value;
}

/** The name of something that is deployed. */
const named = (start: string, end = ''): string => given(deployed.names.find((name) => name.startsWith(start) && name.endsWith(end)));
const QueueUrl = async (): Promise<string | undefined> =>
  (await mallory(SQSClient).send(new GetQueueUrlCommand({ QueueName: `${REMEDIATOR}-failures` }))).QueueUrl;

/** There is no client of KMS in this repository, and one call does not ask for one. */
async function kms(operation: string, input: object): Promise<JsonObject> {
  const { accessKeyId } = sandbox.person('mallory');
  const response = await fetch(sandbox.endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/eu-west-1/kms/aws4_request, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return parseObject(text) ?? {};
}

it.each<readonly [name: string, tamper: () => Promise<unknown>]>([
  [
    'StopConfigurationRecorder',
    () => mallory(ConfigServiceClient).send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName: 'portcullis' })),
  ],
  [
    'DeleteConfigRule',
    () => mallory(ConfigServiceClient).send(new DeleteConfigRuleCommand({ ConfigRuleName: deployed.configRules[0]?.name })),
  ],
  ['DisableRule', () => mallory(EventBridgeClient).send(new DisableRuleCommand({ Name: 'portcullis-security-group-calls' }))],
  [
    'UpdateFunctionConfiguration20150331v2',
    () => mallory(LambdaClient).send(new UpdateFunctionConfigurationCommand({ FunctionName: REMEDIATOR, Timeout: 1 })),
  ],
  [
    'PutFunctionConcurrency20171031',
    () => mallory(LambdaClient).send(new PutFunctionConcurrencyCommand({ FunctionName: REMEDIATOR, ReservedConcurrentExecutions: 0 })),
  ],
  [
    'PutRolePolicy',
    () =>
      mallory(IAMClient).send(
        new PutRolePolicyCommand({ RoleName: named(REMEDIATOR, 'eu-west-1'), PolicyName: 'more', PolicyDocument: POLICY }),
      ),
  ],
  ['DeleteLogGroup', () => mallory(CloudWatchLogsClient).send(new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${REMEDIATOR}` }))],
  ['DeleteAlarms', () => mallory(CloudWatchClient).send(new DeleteAlarmsCommand({ AlarmNames: [named(REMEDIATOR, '-errors')] }))],
  ['DisableKey', () => kms('DisableKey', { KeyId: keyArn.split('/').at(-1) })],
  ['ScheduleKeyDeletion', () => kms('ScheduleKeyDeletion', { KeyId: keyArn.split('/').at(-1), PendingWindowInDays: 7 })],
  ['DeleteQueue', async () => mallory(SQSClient).send(new DeleteQueueCommand({ QueueUrl: await QueueUrl() }))],
  [
    'SetQueueAttributes',
    async () =>
      mallory(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl: await QueueUrl(), Attributes: { MessageRetentionPeriod: '60' } })),
  ],
  ['PutBucketPolicy', () => mallory(S3Client).send(new PutBucketPolicyCommand({ Bucket: named('portcullis-trail-'), Policy: POLICY }))],
  ['DeleteBucketPolicy', () => mallory(S3Client).send(new DeleteBucketPolicyCommand({ Bucket: named('portcullis-config-') }))],
  ['DeleteBucket', () => mallory(S3Client).send(new DeleteBucketCommand({ Bucket: named('portcullis-trail-') }))],
])('finds %s, and who called it', async (name, tamper) => {
  const findings = await foundBy(tamper);

  expect(findings).toMatchObject([{ kind: 'tampering', actor: { userName: 'mallory' }, event: { name } }]);
});

it('hears nothing more after StopLogging, not even of that call, and hears again after StartLogging', async () => {
  const Name = 'portcullis';
  const open = (port: number) => foundBy(() => authorize(mallory(EC2Client), groups.shop, [tcp(port, ANYWHERE)]));

  expect(await foundBy(() => mallory(CloudTrailClient).send(new StopLoggingCommand({ Name })))).toEqual([]);
  expect(await open(445)).toEqual([]);
  expect(notDelivered).toContainEqual(expect.stringContaining('no trail has its logging on'));
  await foundBy(() => mallory(CloudTrailClient).send(new StartLoggingCommand({ Name })));
  expect(await open(446)).toMatchObject([{ kind: 'drift' }]);
});

it('restores nothing while the recorder is stopped, and what it missed once it runs again', async () => {
  const open = () => authorize(mallory(EC2Client), groups.web, [tcp(445, ANYWHERE)]);
  const ConfigurationRecorderName = 'portcullis';
  const restored = ['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0'];

  await foundBy(() => mallory(ConfigServiceClient).send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName })));
  await foundBy(open);
  expect(await ingressWords(sandbox.ec2(), groups.web)).toContain('tcp/445 from 0.0.0.0/0');
  await foundBy(() => mallory(ConfigServiceClient).send(new StartConfigurationRecorderCommand({ ConfigurationRecorderName })));
  expect(await ingressWords(sandbox.ec2(), groups.web)).toEqual(restored);
});

it('hears of no group while the rule for groups is disabled, and hears again when it is enabled', async () => {
  const Name = 'portcullis-security-group-calls';

  await foundBy(() => mallory(EventBridgeClient).send(new DisableRuleCommand({ Name })));
  expect(await foundBy(() => authorize(mallory(EC2Client), groups.shop, [tcp(447, ANYWHERE)]))).toEqual([]);
  await foundBy(() => mallory(EventBridgeClient).send(new EnableRuleCommand({ Name })));
  expect(await foundBy(() => authorize(mallory(EC2Client), groups.shop, [tcp(448, ANYWHERE)]))).toMatchObject([{ kind: 'drift' }]);
});

it('finds a call on the guard that failed, with its error', async () => {
  const [finding] = await foundBy(() =>
    mallory(S3Client)
      .send(new DeleteBucketCommand({ Bucket: 'portcullis-trail-of-nobody' }))
      .catch(() => undefined),
  );

  expect(finding).toMatchObject({ kind: 'tampering', event: { name: 'DeleteBucket', errorCode: 'NoSuchBucket' } });
});

it('a remediator whose concurrency is zero restores nothing until that is taken back', async () => {
  const lambda = mallory(LambdaClient);
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: REMEDIATOR, ReservedConcurrentExecutions: 0 }));
  await authorize(mallory(EC2Client), groups.office, [tcp(9, ANYWHERE)]);
  await sandbox.settle();
  const paused = await ingressWords(sandbox.ec2(), groups.office);

  await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: REMEDIATOR }));
  await authorize(mallory(EC2Client), groups.office, [tcp(10, ANYWHERE)]);
  await sandbox.settle();

  expect(paused).toEqual(['tcp/9 from 0.0.0.0/0', 'tcp/22 from 10.0.0.0/8']);
  expect(await ingressWords(sandbox.ec2(), groups.office)).toEqual(['tcp/22 from 10.0.0.0/8']);
});
