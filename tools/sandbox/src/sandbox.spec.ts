/** What the sandbox does around a call, shown with small functions; the end-to-end specs show it with Portcullis. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  ConfigServiceClient,
  DescribeComplianceByConfigRuleCommand,
  GetComplianceDetailsByResourceCommand,
  StartConfigRulesEvaluationCommand,
} from '@aws-sdk/client-config-service';
import {
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  EC2Client,
  ModifyManagedPrefixListCommand,
} from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { changeNotice } from './config/notices.js';
import type { Delivery } from './delivery/delivery.js';
import { ANYWHERE, authorize, tcp } from './demo/groups.js';
import { startSandbox, type Sandbox } from './sandbox.js';
import { clumsy, judge, reporter } from './testing/functions.js';
import { configRule, deploymentWith, eventRule, functionArn, functionWith } from './testing/deployment.js';

jest.setTimeout(60_000);

let sandbox: Sandbox;
let folder: string;
let early: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-sandbox-spec-'));
  sandbox = await startSandbox();
  early = await createGroup('early');
  const onFailure = `arn:aws:sqs:${sandbox.region}:${sandbox.accountId}:failures`;
  await sandbox.deploy(
    deploymentWith(sandbox, {
      functions: [
        await functionWith('reporter', reporter, folder),
        await functionWith('judge', judge, folder, { onFailure }),
        await functionWith('clumsy', clumsy, folder, { timeoutSeconds: 1, environment: { GREETING: 'hello' } }),
      ],
      eventRules: [eventRule('calls', { source: ['aws.ec2'] }, functionArn('reporter'))],
      configRules: [
        configRule('groups', functionArn('judge')),
        configRule('by-tag', functionArn('judge'), { scope: { types: [], tagKey: 'Guarded' } }),
        configRule('daily', functionArn('judge'), { messageTypes: ['ScheduledNotification'] }),
      ],
      queueNames: ['failures'],
    }),
  );
  await sandbox.settle();
});

afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

async function createGroup(GroupName: string): Promise<string> {
  const { GroupId } = await sandbox.ec2().send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName }));
  await sandbox.settle();
  return GroupId ?? '';
}

const open = (groupId: string, ec2 = sandbox.ec2(sandbox.person('mallory'))) => authorize(ec2, groupId, [tcp(22, ANYWHERE)]);

/** What is delivered about a group, or about anything, because of `act`. */
async function during(act: () => Promise<unknown>, about = ''): Promise<readonly Delivery[]> {
  const before = sandbox.deliveries.length;
  await act();
  await sandbox.settle();
  return sandbox.deliveries.slice(before).filter(({ event }) => JSON.stringify(event).includes(about));
}

it("delivers a person's change to the function of the EventBridge rule, then to that of the AWS Config rule", async () => {
  const groupId = await createGroup('change');

  const deliveries = await during(() => open(groupId));

  const common = { round: 1, state: 'succeeded' };
  const result = { eventName: 'AuthorizeSecurityGroupIngress', by: 'arn:aws:iam::123456789012:user/mallory' };
  expect(deliveries).toMatchObject([
    { ...common, kind: 'cloudtrail', functionName: 'reporter', ruleName: 'calls', result, logs: [`reported ${result.eventName}`] },
    { ...common, kind: 'config', functionName: 'judge', ruleName: 'groups', result: { groupId, status: 'OK', left: false, open: true } },
  ]);
  expect(sandbox.calls.filter((call) => call.groupId === groupId).at(-1)).toMatchObject({
    operation: 'AuthorizeSecurityGroupIngress',
    caller: { kind: 'person', name: 'mallory' },
    status: 200,
    parameters: { IpPermissions: [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: ANYWHERE }] }] },
  });
});

it("delivers a function's change in the next round, and keeps during which delivery each call was made", async () => {
  const groupId = await createGroup('restore');

  const deliveries = await during(() => open(groupId));

  const by = 'arn:aws:sts::123456789012:assumed-role/everything/judge';
  expect(deliveries).toMatchObject([
    { kind: 'cloudtrail', round: 1, result: { eventName: 'AuthorizeSecurityGroupIngress' } },
    { kind: 'config', round: 1, result: { open: true } },
    { kind: 'cloudtrail', round: 2, cause: deliveries[1]?.id, result: { eventName: 'RevokeSecurityGroupIngress', by } },
    { kind: 'config', round: 2, result: { open: false } },
  ]);
  const caller = { kind: 'function', name: 'judge' };
  expect(sandbox.calls.filter((call) => call.during === deliveries[1]?.id)).toMatchObject([
    { operation: 'RevokeSecurityGroupIngress', caller, groupId },
    { operation: 'PutEvaluations', caller },
  ]);
});

it('records a refused call in CloudTrail, and nothing of it in AWS Config', async () => {
  const groupId = await createGroup('refused');
  await open(groupId);
  await sandbox.settle();

  const deliveries = await during(() => expect(open(groupId)).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' }));

  expect(deliveries).toMatchObject([{ kind: 'cloudtrail', result: { error: 'Client.InvalidPermission.Duplicate' } }]);
});

it('writes old calls as camelCase with `items`, and newer ones as they were sent', async () => {
  const { PrefixList: { PrefixListId } = {} } = await sandbox
    .ec2()
    .send(new CreateManagedPrefixListCommand({ PrefixListName: 'office', MaxEntries: 5, AddressFamily: 'IPv4' }));
  const groupId = await createGroup('encoded');

  const deliveries = await during(async () => {
    await open(groupId);
    await sandbox.ec2().send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries: [{ Cidr: ANYWHERE }] }));
  });

  const permission = {
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    groups: {},
    ipRanges: { items: [{ cidrIp: ANYWHERE }] },
    ipv6Ranges: {},
  };
  const modified = { PrefixListId, CurrentVersion: 1, AddEntry: { Cidr: ANYWHERE, tag: 1 } };
  const parameters = deliveries.filter(({ kind }) => kind === 'cloudtrail').map(({ event }) => event);
  expect(parameters).toMatchObject([
    { detail: { requestParameters: { groupId, ipPermissions: { items: [permission] } } } },
    { detail: { requestParameters: { ModifyManagedPrefixListRequest: modified } } },
  ]);
});

it('tells a rule with a scope by tag when a group enters the scope and when it leaves it', async () => {
  const groupId = await createGroup('tagged');
  const tag = { Resources: [groupId], Tags: [{ Key: 'Guarded', Value: 'yes' }] };

  const deliveries = await during(async () => {
    await sandbox.ec2().send(new CreateTagsCommand(tag));
    await sandbox.settle();
    await sandbox.ec2().send(new DeleteTagsCommand(tag));
  });

  const byTag = deliveries.filter(({ ruleName }) => ruleName === 'by-tag');
  expect(byTag.map(({ result }) => result)).toMatchObject([{ left: false }, { left: true }]);
});

it('records the deletion of a group, and judges the group no more', async () => {
  const groupId = await createGroup('deleted');

  const deliveries = await during(async () => {
    await sandbox.ec2().send(new DeleteSecurityGroupCommand({ GroupId: groupId }));
    await sandbox.settle();
    await sandbox.client(ConfigServiceClient).send(new StartConfigRulesEvaluationCommand({ ConfigRuleNames: ['groups'] }));
  }, groupId);

  expect(deliveries).toMatchObject([{ kind: 'cloudtrail' }, { kind: 'config', result: { status: 'ResourceDeleted', left: true } }]);
});

it('sends a summary of an item when the notice would be longer than 256 KB', () => {
  const item = { resourceId: 'sg-1', configuration: { description: 'x'.repeat(256 * 1024) } };

  expect(changeNotice(item, null)).toMatchObject({
    messageType: 'OversizedConfigurationItemChangeNotification',
    configurationItemSummary: { changeType: 'CREATE', resourceId: 'sg-1' },
  });
});

it('delivers nothing of another region, where nothing is deployed', async () => {
  const elsewhere = sandbox.client(EC2Client, sandbox.person('mallory'), 'us-east-1');
  const create = new CreateSecurityGroupCommand({ GroupName: 'far', Description: 'far' });
  expect(await during(() => elsewhere.send(create))).toEqual([]);
});

it('judges a group that was there before the rule, keeps the evaluation, and answers queries with it', async () => {
  const config = sandbox.client(ConfigServiceClient);
  const compliance = async (): Promise<unknown> => {
    const command = new GetComplianceDetailsByResourceCommand({ ResourceType: 'AWS::EC2::SecurityGroup', ResourceId: early });
    return (await config.send(command)).EvaluationResults?.map(({ ComplianceType }) => ComplianceType);
  };
  expect(await compliance()).toEqual(['COMPLIANT']);

  const [, judged] = await during(() => open(early));

  expect(await compliance()).toEqual(['NON_COMPLIANT']);
  expect(sandbox.evaluations.at(-1)).toMatchObject({ ruleName: 'groups', resourceId: early, annotation: 'early', deliveryId: judged?.id });
  const { ComplianceByConfigRules } = await config.send(new DescribeComplianceByConfigRuleCommand({ ConfigRuleNames: ['groups'] }));
  expect(ComplianceByConfigRules).toMatchObject([{ ConfigRuleName: 'groups', Compliance: { ComplianceType: 'NON_COMPLIANT' } }]);
});

it('delivers an event once more when asked, and a schedule to the rules with that trigger', async () => {
  const first = sandbox.deliveries.find(({ kind }) => kind === 'config');
  if (first === undefined) throw new Error('the group `early` was judged');

  const second = await sandbox.redeliver(first);

  expect(second).toMatchObject({ kind: 'config', functionName: 'judge', state: 'succeeded', event: first.event });
  expect(sandbox.evaluations.filter(({ deliveryId }) => deliveryId === second.id)).toHaveLength(1);
  expect(await sandbox.deliverSchedule()).toMatchObject([{ ruleName: 'daily', result: { messageType: 'ScheduledNotification' } }]);
});

it('tries a failing function three times, then sends its event to the on-failure queue', async () => {
  const [, failed] = await during(() => createGroup('failing'));

  expect(failed).toMatchObject({ state: 'failed', error: { errorType: 'Error', errorMessage: 'cannot judge' } });
  expect(failed?.attempts).toHaveLength(3);
  const QueueUrl = `${sandbox.endpoint}/${sandbox.accountId}/failures`;
  const { Messages: [message] = [] } = await sandbox.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl }));
  expect(JSON.parse(message?.Body ?? '')).toMatchObject({
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: failed?.event,
    responsePayload: { errorMessage: 'cannot judge' },
  });
});

it('cuts a loop of functions that cause deliveries for each other', async () => {
  await expect(createGroup('loop')).rejects.toThrow(
    'an endless loop, cut: 25 deliveries in a row were each caused by the one before, in `judge`',
  );
  await expect(sandbox.settle()).resolves.toBeUndefined();
});

describe("Lambda's Invoke", () => {
  const invoke = async (how: string): Promise<unknown> => {
    const { FunctionError, Payload } = await sandbox
      .client(LambdaClient)
      .send(new InvokeCommand({ FunctionName: 'clumsy', Payload: JSON.stringify({ how }) }));
    return { FunctionError, answer: JSON.parse(Payload?.transformToString() ?? '') as unknown };
  };

  it.each([
    ['throw', { errorType: 'TypeError', errorMessage: 'a mistake' }],
    ['crash', { errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/exit status 3$/) as unknown }],
    ['hang', { errorType: 'Sandbox.Timedout', errorMessage: expect.stringMatching(/timed out after 1\.00 seconds$/) as unknown }],
  ])('answers a function error when the code does %s, and the function runs again', async (how, error) => {
    expect(await invoke(how)).toMatchObject({ FunctionError: 'Unhandled', answer: error });
    expect(await invoke('nothing')).toEqual({ FunctionError: undefined, answer: 'hello' });
  });

  it('is a delivery when it is asynchronous, and refuses an unknown function', async () => {
    const lambda = sandbox.client(LambdaClient);
    const asynchronous = new InvokeCommand({ FunctionName: 'clumsy', InvocationType: 'Event', Payload: '{}' });

    expect(await during(() => lambda.send(asynchronous))).toMatchObject([{ kind: 'invoke', state: 'succeeded', result: 'hello' }]);
    const unknown = new InvokeCommand({ FunctionName: 'nobody' });
    await expect(lambda.send(unknown)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

it('puts what a function writes into its log group', async () => {
  const written = new FilterLogEventsCommand({ logGroupName: '/aws/lambda/reporter' });
  const { events = [] } = await sandbox.client(CloudWatchLogsClient).send(written);
  expect(events.map(({ message }) => message)).toContain('reported AuthorizeSecurityGroupIngress');
});

it('knows a person and the session of a role, and keeps their calls in the event history, newest first and a page at a time', async () => {
  const sts = sandbox.client(STSClient, sandbox.person('alice'));
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: 'arn:aws:iam::123456789012:user/alice' });
  const RoleArn = 'arn:aws:iam::123456789012:role/team/ops';
  const { Credentials: keys } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'eve' }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = keys ?? {};
  const GroupId = await createGroup('history');

  await open(GroupId, sandbox.ec2({ accessKeyId, secretAccessKey, sessionToken }));

  const LookupAttributes = [{ AttributeKey: 'ResourceName' as const, AttributeValue: GroupId }];
  const lookUp = (NextToken?: string) =>
    sandbox.client(CloudTrailClient).send(new LookupEventsCommand({ LookupAttributes, MaxResults: 1, NextToken }));
  const { Events: [newest] = [], NextToken } = await lookUp();
  const arn = 'arn:aws:sts::123456789012:assumed-role/ops/eve';
  expect(JSON.parse(newest?.CloudTrailEvent ?? '')).toMatchObject({
    eventName: 'AuthorizeSecurityGroupIngress',
    userIdentity: { type: 'AssumedRole', arn, sessionContext: { sessionIssuer: { arn: RoleArn } } },
  });
  expect(await lookUp(NextToken)).toMatchObject({ Events: [{ EventName: 'CreateSecurityGroup', Username: 'administrator' }] });
});
