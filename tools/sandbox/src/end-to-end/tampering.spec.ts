/**
 * Tests calls that tamper with the deployed guard. CloudTrail records each call, EventBridge delivers the record, and the detector reports
 * the caller.
 */
import { CloudTrailClient, StartLoggingCommand, StopLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ConfigServiceClient, StartConfigurationRecorderCommand, StopConfigurationRecorderCommand } from '@aws-sdk/client-config-service';
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteFunctionConcurrencyCommand, LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { DeleteBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Finding } from '@portcullis/finding';
import {
  ANYWHERE,
  authorizeIngress,
  demoScenarioBaselines,
  createScenarioGroups,
  readDemoGroupRuleTexts,
  demoTcpPermission,
  type ScenarioGroups,
} from '../demo/groups.js';
import { expectMotoValue } from '../simulated-aws/moto.js';
import { narratedFindings } from '../demo/narrate.js';
import type { Deployment } from '../deployment/deployment.js';
import { json, type JsonObject } from '../json.js';
import type { ClientClass } from '../sandbox.js';
import { deployBaselines, during, sandbox, useSandbox } from '../testing/fixture.js';

const REMEDIATOR = 'portcullis-config-remediator';
const FUNCTION = { FunctionName: REMEDIATOR };
const NO_CONCURRENCY = { ...FUNCTION, ReservedConcurrentExecutions: 0 };
const RECORDER = { ConfigurationRecorderName: 'portcullis' };
const CALLS = { Name: 'portcullis-security-group-calls' };
const POLICY = JSON.stringify({ Version: '2012-10-17', Statement: [] });

let groups: ScenarioGroups;
let deployed: Deployment;
let keyArn: string;
let notDelivered: string[];

useSandbox(async () => {
  groups = await createScenarioGroups(sandbox);
  sandbox.onEvent((event) => event.type === 'not-delivered' && notDelivered.push(event.reason));
  keyArn = json.text((await kms('CreateKey', {})).KeyMetadata, 'Arn') ?? '';
  deployed = structuredClone(expectMotoValue((await deployBaselines(demoScenarioBaselines(groups), { kmsKey: keyArn }))[0]));
});

/** Deploys again before each test, because the previous test may have broken the deployment. */
beforeEach(async () => {
  notDelivered = [];
  await sandbox.deploy(structuredClone(deployed));
  await sandbox.settle();
});

const mallory = <T extends { destroy(): void }>(Client: ClientClass<T>): T => sandbox.client(Client, sandbox.person('mallory'));

const config = (): ConfigServiceClient => mallory(ConfigServiceClient);
const lambda = (): LambdaClient => mallory(LambdaClient);
const open = (groupId: string, port: number): Promise<void> =>
  authorizeIngress(mallory(EC2Client), groupId, [demoTcpPermission(port, ANYWHERE)]);

/** Returns the findings that the detector reports after `act`. */
const foundBy = async (act: () => Promise<unknown>): Promise<readonly Finding[]> =>
  (await during(act)).deliveries.filter(({ kind }) => kind === 'cloudtrail').flatMap(({ result }) => narratedFindings(result));

/** Returns the name of the deployed resource that begins with `start` and ends with `end`. */
const named = (start: string, end = ''): string =>
  expectMotoValue(deployed.names.find((name) => name.startsWith(start) && name.endsWith(end)));
const rolePolicy = () => ({ RoleName: named(REMEDIATOR, 'eu-west-1'), PolicyName: 'more', PolicyDocument: POLICY });
const QueueUrl = async (): Promise<string | undefined> =>
  (await mallory(SQSClient).send(new GetQueueUrlCommand({ QueueName: `${REMEDIATOR}-failures` }))).QueueUrl;

/** Calls KMS by HTTP, because the repository does not depend on the SDK's KMS client. */
async function kms(operation: string, input: object): Promise<JsonObject> {
  const { accessKeyId } = sandbox.person('mallory');
  const credential = `Credential=${accessKeyId}/20260101/eu-west-1/kms/aws4_request`;
  const headers = {
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
    'x-amz-target': `TrentService.${operation}`,
  };
  const response = await fetch(sandbox.endpoint, { method: 'POST', headers, body: JSON.stringify(input) });
  expect(response.ok).toBe(true);
  return json.parse(await response.text()) ?? {};
}

it.each<readonly [name: string, tamper: () => Promise<unknown>]>([
  ['StopConfigurationRecorder', () => config().send(new StopConfigurationRecorderCommand(RECORDER))],
  ['DisableRule', () => mallory(EventBridgeClient).send(new DisableRuleCommand(CALLS))],
  ['PutFunctionConcurrency20171031', () => lambda().send(new PutFunctionConcurrencyCommand(NO_CONCURRENCY))],
  ['PutRolePolicy', () => mallory(IAMClient).send(new PutRolePolicyCommand(rolePolicy()))],
  ['DeleteLogGroup', () => mallory(CloudWatchLogsClient).send(new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${REMEDIATOR}` }))],
  ['DeleteAlarms', () => mallory(CloudWatchClient).send(new DeleteAlarmsCommand({ AlarmNames: [named(REMEDIATOR, '-errors')] }))],
  ['DisableKey', () => kms('DisableKey', { KeyId: keyArn.split('/').at(-1) })],
  ['DeleteQueue', async () => mallory(SQSClient).send(new DeleteQueueCommand({ QueueUrl: await QueueUrl() }))],
  ['PutBucketPolicy', () => mallory(S3Client).send(new PutBucketPolicyCommand({ Bucket: named('portcullis-trail-'), Policy: POLICY }))],
])('the detector reports the call %s and its caller as tampering', async (name, tamper) => {
  const findings = await foundBy(tamper);

  expect(findings).toMatchObject([{ kind: 'tampering', actor: { userName: 'mallory' }, event: { name } }]);
});

it('after StopLogging, CloudTrail sends no events until StartLogging, and sends no event of StopLogging itself', async () => {
  const Name = 'portcullis';

  expect(await foundBy(() => mallory(CloudTrailClient).send(new StopLoggingCommand({ Name })))).toEqual([]);
  expect(await foundBy(() => open(groups.shop, 445))).toEqual([]);
  expect(notDelivered).toContainEqual(expect.stringContaining('no trail has its logging on'));
  await foundBy(() => mallory(CloudTrailClient).send(new StartLoggingCommand({ Name })));
  expect(await foundBy(() => open(groups.shop, 446))).toMatchObject([{ kind: 'drift' }]);
});

it('the detector gets no events of groups while the EventBridge rule for groups is disabled', async () => {
  await foundBy(() => mallory(EventBridgeClient).send(new DisableRuleCommand(CALLS)));
  expect(await foundBy(() => open(groups.shop, 447))).toEqual([]);
  await foundBy(() => mallory(EventBridgeClient).send(new EnableRuleCommand(CALLS)));
  expect(await foundBy(() => open(groups.shop, 448))).toMatchObject([{ kind: 'drift' }]);
});

it('Portcullis restores nothing while the recorder is stopped, and restores the group when the recorder starts again', async () => {
  await config().send(new StopConfigurationRecorderCommand(RECORDER));
  await during(() => open(groups.web, 445));
  expect(await readDemoGroupRuleTexts(sandbox.ec2(), groups.web)).toContain('tcp/445 from 0.0.0.0/0');
  await during(() => config().send(new StartConfigurationRecorderCommand(RECORDER)));
  expect(await readDemoGroupRuleTexts(sandbox.ec2(), groups.web)).toEqual(['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0']);
});

it('Portcullis restores nothing while the concurrency of the remediator is zero; afterwards, the next change makes Portcullis restore the whole group', async () => {
  await lambda().send(new PutFunctionConcurrencyCommand(NO_CONCURRENCY));
  await during(() => open(groups.office, 9));
  const paused = await readDemoGroupRuleTexts(sandbox.ec2(), groups.office);

  await lambda().send(new DeleteFunctionConcurrencyCommand(FUNCTION));
  await during(() => open(groups.office, 10));

  expect(paused).toEqual(['tcp/9 from 0.0.0.0/0', 'tcp/22 from 10.0.0.0/8']);
  expect(await readDemoGroupRuleTexts(sandbox.ec2(), groups.office)).toEqual(['tcp/22 from 10.0.0.0/8']);
});

it('the detector reports a failed call that tampers with the guard, with the error code of the call', async () => {
  const call = new DeleteBucketCommand({ Bucket: 'portcullis-trail-of-nobody' });
  const [finding] = await foundBy(() => expect(mallory(S3Client).send(call)).rejects.toThrow());

  expect(finding).toMatchObject({ kind: 'tampering', event: { name: 'DeleteBucket', errorCode: 'NoSuchBucket' } });
});
