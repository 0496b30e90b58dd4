/** Tests what the sandbox does after a call, with small Lambda functions. The specs in `end-to-end` use Portcullis's functions. */
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
  DeleteSecurityGroupCommand,
  EC2Client,
  ModifyManagedPrefixListCommand,
} from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { simulatedItemChange } from './simulated-aws/config-recorder.js';
import type { Delivery } from './delivery/delivery.js';
import type { JsonObject } from './json.js';
import { ANYWHERE, authorizeIngress, createSecurityGroup as create, demoTcpPermission } from './demo/groups.js';
import { expectMotoValue } from './simulated-aws/moto.js';
import { during as happened, mallory, sandbox, useSandbox } from './testing/fixture.js';
import { CLUMSY_SOURCE, JUDGE_SOURCE, REPORTER_SOURCE } from './testing/small-functions.js';
import { deploymentWith } from './testing/deployment.js';

let early: string;

const judgedBy = (name: string, message_type = 'ConfigurationItemChangeNotification'): JsonObject => {
  const source = { source_identifier: '${aws_lambda_function.judge.arn}', source_detail: [{ message_type }] };
  return { name, source, scope: { compliance_resource_types: ['AWS::EC2::SecurityGroup'] } };
};

useSandbox(async () => {
  early = await createGroup('early');
  const onFailure = { on_failure: { destination: '${aws_sqs_queue.failures.arn}' } };
  const deployment = await deploymentWith(
    { reporter: REPORTER_SOURCE, judge: JUDGE_SOURCE, clumsy: CLUMSY_SOURCE },
    {
      aws_cloudwatch_event_rule: { calls: { name: 'calls', event_pattern: '{"source":["aws.ec2"]}' } },
      aws_cloudwatch_event_target: { calls: { rule: 'calls', arn: '${aws_lambda_function.reporter.arn}' } },
      aws_config_config_rule: {
        groups: judgedBy('groups'),
        daily: judgedBy('daily', 'ScheduledNotification'),
      },
      aws_lambda_function_event_invoke_config: { judge: { function_name: 'judge', destination_config: onFailure } },
      aws_sqs_queue: { failures: { name: 'failures' } },
    },
  );
  await sandbox.deploy(deployment);
});

/** Creates a group, waits until all events are delivered, and returns the group's id. */
async function createGroup(name: string): Promise<string> {
  const id = await create(sandbox.ec2(), name);
  await sandbox.settle();
  return id;
}

const open = (groupId: string, ec2 = mallory()): Promise<void> => authorizeIngress(ec2, groupId, [demoTcpPermission(22, ANYWHERE)]);

/** Returns the deliveries that `act` causes and whose event contains the text `about`. */
const during = async (act: () => Promise<unknown>, about = ''): Promise<readonly Delivery[]> =>
  (await happened(act)).deliveries.filter(({ event }) => JSON.stringify(event).includes(about));

it("a person's change invokes the functions of EventBridge and AWS Config rules, and the functions' own changes invoke the functions again", async () => {
  const groupId = await createGroup('restore');

  const deliveries = await during(() => open(groupId));

  const [eventName, by] = ['AuthorizeSecurityGroupIngress', 'arn:aws:iam::123456789012:user/mallory'];
  const reported = { kind: 'cloudtrail', functionName: 'reporter', ruleName: 'calls', state: 'succeeded' };
  const judged = { kind: 'config', functionName: 'judge', ruleName: 'groups', state: 'succeeded' };
  const session = 'arn:aws:sts::123456789012:assumed-role/everything/judge';
  expect(deliveries).toMatchObject([
    { ...reported, round: 1, result: { eventName, by }, logs: [`reported ${eventName}`] },
    { ...judged, round: 1, result: { groupId, status: 'OK', left: false, open: true } },
    { ...reported, round: 2, cause: deliveries[1]?.id, result: { eventName: 'RevokeSecurityGroupIngress', by: session } },
    { ...judged, round: 2, result: { open: false } },
  ]);
  const caller = { kind: 'function', name: 'judge' };
  expect(sandbox.calls.filter((call) => call.during === deliveries[1]?.id)).toMatchObject([
    { operation: 'RevokeSecurityGroupIngress', caller, groupId },
    { operation: 'PutEvaluations', caller },
  ]);
  expect(sandbox.calls.find((call) => call.groupId === groupId && call.operation === eventName)).toMatchObject({
    caller: { kind: 'person', name: 'mallory' },
    status: 200,
    parameters: { IpPermissions: [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: ANYWHERE }] }] },
  });
});

it('CloudTrail records encode old EC2 calls in camelCase with `items`, and newer EC2 calls as they were sent', async () => {
  const list = new CreateManagedPrefixListCommand({ PrefixListName: 'office', MaxEntries: 5, AddressFamily: 'IPv4' });
  const { PrefixList: { PrefixListId } = {} } = await sandbox.ec2().send(list);
  const groupId = await createGroup('encoded');

  const deliveries = await during(async () => {
    await open(groupId);
    await sandbox.ec2().send(new ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries: [{ Cidr: ANYWHERE }] }));
  });

  const ipRanges = { items: [{ cidrIp: ANYWHERE }] };
  const permission = { ipProtocol: 'tcp', fromPort: 22, toPort: 22, groups: {}, ipRanges, ipv6Ranges: {} };
  const modified = { PrefixListId, CurrentVersion: 1, AddEntry: { Cidr: ANYWHERE, tag: 1 } };
  const parameters = deliveries.filter(({ kind }) => kind === 'cloudtrail').map(({ event }) => event);
  expect(parameters).toMatchObject([
    { detail: { requestParameters: { groupId, ipPermissions: { items: [permission] } } } },
    { detail: { requestParameters: { ModifyManagedPrefixListRequest: modified } } },
  ]);
});

it('AWS Config records the deletion of a group, and does not evaluate the deleted group again', async () => {
  const groupId = await createGroup('deleted');

  const deliveries = await during(async () => {
    await sandbox.ec2().send(new DeleteSecurityGroupCommand({ GroupId: groupId }));
    await sandbox.settle();
    await sandbox.client(ConfigServiceClient).send(new StartConfigRulesEvaluationCommand({ ConfigRuleNames: ['groups'] }));
  }, groupId);

  expect(deliveries).toMatchObject([{ kind: 'cloudtrail' }, { kind: 'config', result: { status: 'ResourceDeleted', left: true } }]);
});

it('`simulatedItemChange` returns a summary of the item if the notification would be longer than 256 KB', () => {
  const item = { resourceId: 'sg-1', configuration: { description: 'x'.repeat(256 * 1024) } };

  expect(simulatedItemChange(item, null)).toMatchObject({
    messageType: 'OversizedConfigurationItemChangeNotification',
    configurationItemSummary: { changeType: 'CREATE', resourceId: 'sg-1' },
  });
});

it('the sandbox delivers no event of a region in which nothing is deployed', async () => {
  const elsewhere = sandbox.client(EC2Client, sandbox.person('mallory'), 'us-east-1');
  const create = new CreateSecurityGroupCommand({ GroupName: 'far', Description: 'far' });
  expect(await during(() => elsewhere.send(create))).toEqual([]);
});

it('AWS Config evaluates a group that is older than the rule, stores the evaluation, and returns the evaluation in queries', async () => {
  const config = sandbox.client(ConfigServiceClient);
  const compliance = async (): Promise<unknown> => {
    const command = new GetComplianceDetailsByResourceCommand({ ResourceType: 'AWS::EC2::SecurityGroup', ResourceId: early });
    return (await config.send(command)).EvaluationResults?.map(({ ComplianceType }) => ComplianceType);
  };
  expect(await compliance()).toEqual(['COMPLIANT']);

  const [, judged] = await during(() => open(early));

  expect(await compliance()).toEqual(['NON_COMPLIANT']);
  expect(sandbox.evaluations.at(-1)).toMatchObject({ resourceId: early, annotation: 'early', during: judged?.id });
  const { ComplianceByConfigRules } = await config.send(new DescribeComplianceByConfigRuleCommand({ ConfigRuleNames: ['groups'] }));
  expect(ComplianceByConfigRules).toMatchObject([{ ConfigRuleName: 'groups', Compliance: { ComplianceType: 'NON_COMPLIANT' } }]);
});

it('AWS Config sends a ScheduledNotification only to rules with the trigger `ScheduledNotification`', async () => {
  expect(await sandbox.recorder.schedule()).toMatchObject([{ ruleName: 'daily', result: { messageType: 'ScheduledNotification' } }]);
});

it('Lambda runs a failing function three times, then sends the event to the on-failure queue', async () => {
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

it('the sandbox stops an endless loop of functions that invoke each other', async () => {
  await expect(createGroup('loop')).rejects.toThrow(
    'stopped an endless loop after 25 deliveries to `judge`, each caused by the previous one',
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
  ])(
    'if an event makes the function %s, an Invoke call returns a function error, and the next Invoke call succeeds',
    async (how, error) => {
      expect(await invoke(how)).toMatchObject({ FunctionError: 'Unhandled', answer: error });
      expect(await invoke('nothing')).toEqual({ FunctionError: undefined, answer: 'hello' });
    },
  );

  it('an asynchronous Invoke call makes a delivery, and an Invoke call of an unknown function fails', async () => {
    const lambda = sandbox.client(LambdaClient);
    const asynchronous = new InvokeCommand({ FunctionName: 'clumsy', InvocationType: 'Event', Payload: '{}' });

    expect(await during(() => lambda.send(asynchronous))).toMatchObject([{ kind: 'invoke', state: 'succeeded', result: 'hello' }]);
    const unknown = new InvokeCommand({ FunctionName: 'nobody' });
    await expect(lambda.send(unknown)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

it("Lambda writes the output of a function to the function's log group", async () => {
  const written = new FilterLogEventsCommand({ logGroupName: '/aws/lambda/reporter' });
  const { events = [] } = await sandbox.client(CloudWatchLogsClient).send(written);
  expect(events.map(({ message }) => message)).toContain('reported AuthorizeSecurityGroupIngress');
});

it('the sandbox identifies a person and a role session, and LookupEvents returns their calls in pages, newest first', async () => {
  const sts = sandbox.client(STSClient, sandbox.person('alice'));
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: 'arn:aws:iam::123456789012:user/alice' });
  const RoleArn = 'arn:aws:iam::123456789012:role/team/ops';
  const { Credentials: keys } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'eve' }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken } = expectMotoValue(keys);
  const GroupId = await createGroup('history');

  await open(GroupId, sandbox.ec2({ accessKeyId, secretAccessKey, sessionToken: expectMotoValue(sessionToken) }));

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

it('`stop` of the sandbox leaves nothing running', async () => {
  const { endpoint } = sandbox;

  await sandbox.stop();

  await expect(fetch(endpoint)).rejects.toThrow();
});
