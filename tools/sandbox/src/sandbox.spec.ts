import { LookupEventsCommand, StartLoggingCommand, StopLoggingCommand } from '@aws-sdk/client-cloudtrail';
import {
  DescribeComplianceByConfigRuleCommand,
  DescribeComplianceByResourceCommand,
  GetComplianceDetailsByConfigRuleCommand,
  GetComplianceDetailsByResourceCommand,
  StartConfigRulesEvaluationCommand,
} from '@aws-sdk/client-config-service';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  ModifyManagedPrefixListCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { startSandbox, type Delivery, type Sandbox, type SandboxEvent } from './sandbox.js';
import { allowConfig, createGroup, deployFoundation, deployFunction, putConfigRule, putEventRule } from './testing/deployment.js';

// A function without a bundled SDK: what it needs of AWS is one signed-looking request (nobody here checks signatures).
const awsCall = `
  const call = (service, headers, body) => fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', body, headers: {
    authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/' + process.env.AWS_REGION
      + '/' + service + '/aws4_request, SignedHeaders=host, Signature=0', ...headers } });
  const ec2 = (parameters) => call('ec2', { 'content-type': 'application/x-www-form-urlencoded' },
    new URLSearchParams({ Version: '2016-11-15', ...parameters }).toString());
`;

const reporter = `export const handler = async (event) => {
  console.log('reported', event.detail.eventName);
  return { eventName: event.detail.eventName, by: event.detail.userIdentity.arn, error: event.detail.errorCode };
};`;

// Judges a group by its name: takes a stray rule away, loops, fails, or is content.
const judge = `${awsCall}
export const handler = async (event) => {
  const notice = JSON.parse(event.invokingEvent);
  const item = notice.configurationItem;
  if (item === undefined) return { messageType: notice.messageType };
  const name = item.resourceName ?? '';
  const rule = { GroupId: item.resourceId, IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '0.0.0.0/0' };
  const open = (item.configuration?.ipPermissions ?? []).length > 0;
  if (name.startsWith('fail')) throw new Error('cannot judge');
  if (name.startsWith('loop')) await ec2({ Action: (open ? 'Revoke' : 'Authorize') + 'SecurityGroupIngress', ...rule });
  if (name.startsWith('mend') && open) await ec2({ Action: 'RevokeSecurityGroupIngress', ...rule });
  await call('config', { 'x-amz-target': 'StarlingDoveService.PutEvaluations' }, JSON.stringify({
    ResultToken: event.resultToken, Evaluations: [{ ComplianceResourceType: item.resourceType, ComplianceResourceId: item.resourceId,
      ComplianceType: open ? 'NON_COMPLIANT' : 'COMPLIANT', Annotation: name,
      OrderingTimestamp: Date.parse(item.configurationItemCaptureTime) / 1000 }] }));
  return { groupId: item.resourceId, status: item.configurationItemStatus, left: event.eventLeftScope, open };
};`;

const ssh: IpPermission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

let sandbox: Sandbox;
let judgeArn: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  const roleArn = await deployFoundation(sandbox);
  const reporterArn = await deployFunction(sandbox, 'reporter', roleArn, reporter);
  judgeArn = await deployFunction(sandbox, 'judge', roleArn, judge);
  await allowConfig(sandbox, 'judge');
  await putEventRule(sandbox, 'calls', { source: ['aws.ec2'], detail: { eventSource: ['ec2.amazonaws.com'] } }, reporterArn);
  await putConfigRule(sandbox, 'groups', judgeArn);
  await sandbox.settle();
}, 60_000);

afterAll(() => sandbox.stop());

/** What was delivered about the group since a number of deliveries. */
const deliveredAbout = (groupId: string, since = 0): readonly Delivery[] =>
  sandbox.deliveries.slice(since).filter(({ event }) => JSON.stringify(event).includes(groupId));

let groups = 0;

/** A new group whose name begins so. */
const settledGroup = async (name: string): Promise<string> => {
  const groupId = await createGroup(sandbox, `${name}-${(groups += 1)}`);
  await sandbox.settle();
  return groupId;
};

const authorize = async (groupId: string, person = 'mallory'): Promise<void> => {
  const ec2 = sandbox.ec2(sandbox.person(person));
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [ssh] }));
};

describe('a change by a person', () => {
  it('reaches the function of the EventBridge rule, then that of the Config rule', async () => {
    const groupId = await settledGroup('change');
    const since = sandbox.deliveries.length;

    await authorize(groupId);
    await sandbox.settle();

    expect(deliveredAbout(groupId, since)).toMatchObject([
      {
        kind: 'cloudtrail',
        functionName: 'reporter',
        ruleName: 'calls',
        round: 1,
        state: 'succeeded',
        result: { eventName: 'AuthorizeSecurityGroupIngress', by: 'arn:aws:iam::123456789012:user/mallory' },
        logs: ['reported AuthorizeSecurityGroupIngress'],
      },
      {
        kind: 'config',
        functionName: 'judge',
        ruleName: 'groups',
        round: 1,
        state: 'succeeded',
        result: { groupId, status: 'OK', left: false, open: true },
      },
    ]);
  });

  it('is in the account of calls with its caller, group and input', async () => {
    const groupId = await settledGroup('account');
    const since = sandbox.calls.length;

    await authorize(groupId);

    expect(sandbox.calls.slice(since)).toMatchObject([
      {
        service: 'ec2',
        operation: 'AuthorizeSecurityGroupIngress',
        caller: { kind: 'person', name: 'mallory' },
        groupId,
        status: 200,
        parameters: { GroupId: groupId, IpPermissions: [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] },
      },
    ]);
    await sandbox.settle();
  });

  it('that was refused is reported by CloudTrail and recorded by nobody', async () => {
    const groupId = await settledGroup('refused');
    await authorize(groupId);
    await sandbox.settle();
    const since = sandbox.deliveries.length;

    await expect(authorize(groupId)).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
    await sandbox.settle();

    expect(deliveredAbout(groupId, since)).toMatchObject([{ kind: 'cloudtrail', result: { error: 'Client.InvalidPermission.Duplicate' } }]);
  });

  it('is narrated from call to evaluation', async () => {
    const groupId = await settledGroup('narrated');
    const told: SandboxEvent['type'][] = [];
    const stop = sandbox.onEvent(({ type }) => told.push(type));

    await authorize(groupId);
    await sandbox.settle();
    stop();
    await authorize(groupId).catch(() => undefined);
    await sandbox.settle();

    expect([...told].sort()).toEqual([
      'call',
      'call',
      'cloudtrail-record',
      'config-item',
      'delivery-finished',
      'delivery-finished',
      'delivery-started',
      'delivery-started',
      'evaluation',
    ]);
  });

  it('of a tag is recorded, and takes a group out of a scope by tag', async () => {
    const groupId = await settledGroup('tagged');
    const Tags = [{ Key: 'Guarded', Value: 'yes' }];
    await putConfigRule(sandbox, 'by-tag', judgeArn, { TagKey: 'Guarded' });
    await sandbox.settle();
    const since = sandbox.deliveries.length;

    await sandbox.ec2().send(new CreateTagsCommand({ Resources: [groupId], Tags }));
    await sandbox.settle();
    await sandbox.ec2().send(new DeleteTagsCommand({ Resources: [groupId], Tags }));
    await sandbox.settle();

    expect(deliveredAbout(groupId, since).filter(({ ruleName }) => ruleName === 'by-tag')).toMatchObject([
      { result: { left: false } },
      { result: { left: true } },
    ]);
  });

  it('of a prefix list is reported, and recorded by nobody', async () => {
    const { PrefixList: list } = await sandbox
      .ec2()
      .send(new CreateManagedPrefixListCommand({ PrefixListName: 'office', MaxEntries: 5, AddressFamily: 'IPv4' }));
    const since = sandbox.deliveries.length;

    await sandbox.ec2(sandbox.person('mallory')).send(
      new ModifyManagedPrefixListCommand({
        PrefixListId: list?.PrefixListId,
        CurrentVersion: 1,
        AddEntries: [{ Cidr: '0.0.0.0/0' }],
      }),
    );
    await sandbox.settle();

    expect(sandbox.deliveries.slice(since)).toMatchObject([
      {
        kind: 'cloudtrail',
        event: {
          detail: {
            requestParameters: {
              ModifyManagedPrefixListRequest: {
                PrefixListId: list?.PrefixListId,
                CurrentVersion: 1,
                AddEntry: { Cidr: '0.0.0.0/0', tag: 1 },
              },
            },
          },
        },
      },
    ]);
  });

  it('that deletes the group is recorded as the end of it', async () => {
    const groupId = await settledGroup('deleted');
    const since = sandbox.deliveries.length;

    await sandbox.ec2().send(new DeleteSecurityGroupCommand({ GroupId: groupId }));
    await sandbox.settle();

    expect(deliveredAbout(groupId, since)).toMatchObject([
      { kind: 'cloudtrail', result: { eventName: 'DeleteSecurityGroup' } },
      { kind: 'config', result: { status: 'ResourceDeleted', left: true } },
    ]);

    await sandbox.config().send(new StartConfigRulesEvaluationCommand({ ConfigRuleNames: ['groups'] }));
    await sandbox.settle();
    expect(deliveredAbout(groupId, since)).toHaveLength(2);
  });

  it('in another region reaches nobody', async () => {
    const since = sandbox.deliveries.length;
    const elsewhere = new EC2Client({
      endpoint: sandbox.endpoint,
      region: 'us-east-1',
      credentials: sandbox.person('mallory'),
    });
    const { SecurityGroupRules: [rule] = [] } = await elsewhere.send(new DescribeSecurityGroupRulesCommand({}));

    await elsewhere.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: rule?.GroupId, IpPermissions: [ssh] }));
    elsewhere.destroy();
    await sandbox.settle();

    expect(sandbox.deliveries.slice(since)).toEqual([]);
  });
});

describe("CloudTrail's event history", () => {
  it('tells the changes of a group, the newest first, a page at a time', async () => {
    const groupId = await createGroup(sandbox, 'told');
    await sandbox.ec2(sandbox.person('mallory')).send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [ssh] }));
    await sandbox.settle();
    const lookUp = (NextToken?: string) =>
      sandbox.cloudTrail().send(
        new LookupEventsCommand({
          LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: groupId }],
          MaxResults: 1,
          ...(NextToken !== undefined && { NextToken }),
        }),
      );

    const first = await lookUp();
    const second = await lookUp(first.NextToken);

    expect([first, second].flatMap(({ Events = [] }) => Events.map(({ EventName }) => EventName))).toEqual([
      'AuthorizeSecurityGroupIngress',
      'CreateSecurityGroup',
    ]);
    expect(second.NextToken).toBeUndefined();
    expect(first.Events?.[0]?.Username).toBe('mallory');
    expect(JSON.parse(first.Events?.[0]?.CloudTrailEvent ?? '')).toMatchObject({
      requestParameters: { groupId },
      userIdentity: { userName: 'mallory' },
    });
  });

  it('is empty of a group that nobody touched', async () => {
    const LookupAttributes = [{ AttributeKey: 'ResourceName' as const, AttributeValue: 'sg-0123456789abcdef0' }];

    expect((await sandbox.cloudTrail().send(new LookupEventsCommand({ LookupAttributes }))).Events).toEqual([]);
  });
});

describe('a change by a function', () => {
  it('is delivered in the next round, and its calls say during which delivery they were made', async () => {
    const groupId = await settledGroup('mended');
    const since = sandbox.deliveries.length;

    await authorize(groupId);
    await sandbox.settle();

    const deliveries = deliveredAbout(groupId, since);
    const [, mending] = deliveries;
    expect(deliveries).toMatchObject([
      { kind: 'cloudtrail', round: 1, result: { eventName: 'AuthorizeSecurityGroupIngress' } },
      { kind: 'config', round: 1, result: { open: true } },
      {
        kind: 'cloudtrail',
        round: 2,
        result: {
          eventName: 'RevokeSecurityGroupIngress',
          by: 'arn:aws:sts::123456789012:assumed-role/everything/judge',
        },
      },
      { kind: 'config', round: 2, result: { open: false } },
    ]);
    expect(sandbox.calls.filter(({ during }) => during === mending?.id)).toMatchObject([
      { service: 'ec2', operation: 'RevokeSecurityGroupIngress', caller: { kind: 'function', name: 'judge' }, groupId },
      { service: 'config', operation: 'PutEvaluations', caller: { kind: 'function', name: 'judge' } },
    ]);
  });

  it('that causes the next without end is seen as a loop', async () => {
    await createGroup(sandbox, 'loop');

    await expect(sandbox.settle()).rejects.toThrow(
      'an endless loop, cut: 25 deliveries in a row were each caused by the one before, in `judge`',
    );
    await expect(sandbox.settle()).resolves.toBeUndefined();
  });
});

describe('a function that fails', () => {
  it('is tried three times, and then its event goes to the on-failure destination', async () => {
    const { QueueUrl } = await sandbox.sqs().send(new CreateQueueCommand({ QueueName: 'failures' }));
    const Destination = `arn:aws:sqs:${sandbox.region}:${sandbox.accountId}:failures`;
    await sandbox.lambda().send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: 'judge',
        DestinationConfig: { OnFailure: { Destination } },
      }),
    );

    const groupId = await settledGroup('failing');

    const [delivery] = deliveredAbout(groupId).filter(({ kind }) => kind === 'config');
    expect(delivery).toMatchObject({
      state: 'failed',
      error: { errorType: 'Error', errorMessage: 'cannot judge' },
      onFailureDestination: Destination,
    });
    expect(delivery?.attempts).toHaveLength(3);
    const { Messages: [message] = [] } = await sandbox.sqs().send(new ReceiveMessageCommand({ QueueUrl }));
    expect(JSON.parse(message?.Body ?? '{}')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: delivery?.event,
      responsePayload: { errorMessage: 'cannot judge' },
    });
  });
});

describe('an evaluation', () => {
  it('is kept for the delivery it answers, and AWS Config tells it', async () => {
    const groupId = await settledGroup('judged');
    await authorize(groupId);
    await sandbox.settle();

    const [latest] = deliveredAbout(groupId)
      .filter(({ kind }) => kind === 'config')
      .slice(-1);
    expect(sandbox.evaluations.filter(({ resourceId }) => resourceId === groupId)).toMatchObject([
      { ruleName: 'groups', compliance: 'COMPLIANT', annotation: expect.stringMatching(/^judged/) as string },
      { ruleName: 'groups', compliance: 'NON_COMPLIANT', deliveryId: latest?.id },
    ]);
    const ResourceType = 'AWS::EC2::SecurityGroup';
    const config = sandbox.config();
    const byRule = await config.send(
      new GetComplianceDetailsByConfigRuleCommand({ ConfigRuleName: 'groups', ComplianceTypes: ['NON_COMPLIANT'] }),
    );
    expect(byRule.EvaluationResults?.map(({ EvaluationResultIdentifier: id }) => id?.EvaluationResultQualifier?.ResourceId)).toContain(
      groupId,
    );
    const byResource = await config.send(new GetComplianceDetailsByResourceCommand({ ResourceType, ResourceId: groupId }));
    expect(byResource.EvaluationResults).toMatchObject([
      { ComplianceType: 'NON_COMPLIANT', Annotation: expect.stringMatching(/^judged/) as string },
    ]);
    const summary = await config.send(new DescribeComplianceByConfigRuleCommand({ ConfigRuleNames: ['groups'] }));
    expect(summary.ComplianceByConfigRules).toMatchObject([{ ConfigRuleName: 'groups', Compliance: { ComplianceType: 'NON_COMPLIANT' } }]);
    const resource = await config.send(new DescribeComplianceByResourceCommand({ ResourceType, ResourceId: groupId }));
    expect(resource.ComplianceByResources).toMatchObject([{ ResourceId: groupId, Compliance: { ComplianceType: 'NON_COMPLIANT' } }]);
  });

  it('is given to every recorded group when a rule is put, and when it is asked for', async () => {
    const groupId = await settledGroup('initial');

    await putConfigRule(sandbox, 'later', judgeArn, {
      ComplianceResourceTypes: ['AWS::EC2::SecurityGroup'],
      ComplianceResourceId: groupId,
    });
    await sandbox.settle();
    await sandbox.config().send(new StartConfigRulesEvaluationCommand({ ConfigRuleNames: ['later'] }));
    await sandbox.settle();

    expect(sandbox.deliveries.filter(({ ruleName }) => ruleName === 'later')).toMatchObject([
      { kind: 'config', result: { groupId } },
      { kind: 'config', result: { groupId } },
    ]);
  });
});

describe('a delivery', () => {
  it('can be made again', async () => {
    const groupId = await settledGroup('again');
    const [first] = deliveredAbout(groupId).filter(({ kind }) => kind === 'config');
    if (first === undefined) throw new Error('the group was recorded');

    const second = await sandbox.redeliver(first);

    expect(second).toMatchObject({ kind: 'config', functionName: 'judge', state: 'succeeded' });
    expect(second.id).not.toBe(first.id);
    expect(second.event).toEqual(first.event);
    expect(sandbox.evaluations.filter(({ deliveryId }) => deliveryId === second.id)).toHaveLength(1);
  });

  it('of a schedule reaches the rules with that trigger', async () => {
    await putConfigRule(sandbox, 'daily', judgeArn, undefined, ['ScheduledNotification']);
    await sandbox.settle();

    const deliveries = await sandbox.deliverSchedule();

    expect(deliveries).toMatchObject([{ kind: 'config', ruleName: 'daily', result: { messageType: 'ScheduledNotification' } }]);
  });

  it.each<readonly [string, () => Promise<unknown>, () => Promise<unknown>, string]>([
    [
      'while no trail logs',
      () => sandbox.cloudTrail().send(new StopLoggingCommand({ Name: 'audit' })),
      () => sandbox.cloudTrail().send(new StartLoggingCommand({ Name: 'audit' })),
      'CloudTrail sends EventBridge nothing of AuthorizeSecurityGroupIngress: no trail has its logging on',
    ],
    [
      'while the rule may not invoke its function',
      () => putEventRule(sandbox, 'unallowed', { source: ['aws.ec2'] }, judgeArn, false),
      () => sandbox.eventBridge().send(new DisableRuleCommand({ Name: 'unallowed' })),
      'EventBridge rule `unallowed` may not invoke `judge`: no permission for events.amazonaws.com',
    ],
  ])('is not made %s, and it is said why', async (_when, before, after, reason) => {
    const groupId = await settledGroup('undelivered');
    const reasons: string[] = [];
    await before();
    const stop = sandbox.onEvent((event) => {
      if (event.type === 'not-delivered') reasons.push(event.reason);
    });

    await authorize(groupId);
    await sandbox.settle();
    stop();
    await after();

    expect(reasons).toEqual([reason]);
  });

  it('is not made by a rule that is disabled', async () => {
    const groupId = await settledGroup('disabled');
    await sandbox.eventBridge().send(new DisableRuleCommand({ Name: 'calls' }));
    const since = sandbox.deliveries.length;

    await authorize(groupId);
    await sandbox.settle();
    await sandbox.eventBridge().send(new EnableRuleCommand({ Name: 'calls' }));

    expect(deliveredAbout(groupId, since).map(({ kind }) => kind)).toEqual(['config']);
  });
});

describe("Lambda's Invoke", () => {
  const event = { invokingEvent: JSON.stringify({ messageType: 'Greeting' }) };

  it('runs the code and answers its result', async () => {
    const answer = await sandbox.lambda().send(new InvokeCommand({ FunctionName: 'judge', Payload: JSON.stringify(event) }));

    expect(answer.FunctionError).toBeUndefined();
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ messageType: 'Greeting' });
  });

  it('answers an error of the code as a function error', async () => {
    const answer = await sandbox
      .lambda()
      .send(new InvokeCommand({ FunctionName: 'judge', Payload: '{"invokingEvent":"nonsense"}', LogType: 'Tail' }));

    expect(answer.FunctionError).toBe('Unhandled');
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({ errorType: 'SyntaxError' });
  });

  it('for later is a delivery', async () => {
    const since = sandbox.deliveries.length;

    const Payload = JSON.stringify(event);
    await sandbox.lambda().send(new InvokeCommand({ FunctionName: 'judge', InvocationType: 'Event', Payload }));
    await sandbox.settle();

    expect(sandbox.deliveries.slice(since)).toMatchObject([
      { kind: 'invoke', functionName: 'judge', state: 'succeeded', result: { messageType: 'Greeting' } },
    ]);
  });

  it('refuses a function that does not exist', async () => {
    await expect(sandbox.lambda().send(new InvokeCommand({ FunctionName: 'nobody' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('a caller', () => {
  it('is told who it is', async () => {
    expect(await sandbox.sts(sandbox.person('alice')).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: 'arn:aws:iam::123456789012:user/alice',
      Account: '123456789012',
    });
  });

  it('who assumed a role is known by it', async () => {
    const groupId = await settledGroup('session');
    const { Role: role } = await sandbox
      .iam()
      .send(new CreateRoleCommand({ RoleName: 'ops', Path: '/team/', AssumeRolePolicyDocument: '{}' }));
    const { Credentials: keys } = await sandbox.sts().send(new AssumeRoleCommand({ RoleArn: role?.Arn, RoleSessionName: 'eve' }));
    if (keys?.AccessKeyId === undefined || keys.SecretAccessKey === undefined) throw new Error('STS gave no keys');
    const eve = sandbox.ec2({
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: keys.SecretAccessKey,
      ...(keys.SessionToken !== undefined && { sessionToken: keys.SessionToken }),
    });

    await eve.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [ssh] }));
    await sandbox.settle();

    const [event] = deliveredAbout(groupId)
      .filter(({ kind }) => kind === 'cloudtrail')
      .slice(-1);
    expect(event?.event).toMatchObject({
      detail: {
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::123456789012:assumed-role/ops/eve',
          sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::123456789012:role/team/ops' } },
        },
      },
    });
  });
});
