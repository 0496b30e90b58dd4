/** The resource handlers, against the AWS of a sandbox. */
import { StopLoggingCommand, UpdateTrailCommand } from '@aws-sdk/client-cloudtrail';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeConfigRulesCommand,
  PutConfigRuleCommand,
  PutConfigurationRecorderCommand,
  PutDeliveryChannelCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  ListTargetsByRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreatePolicyVersionCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  RemovePermissionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketPolicyCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { JsonObject } from '../json.js';
import { startSandbox, type Sandbox } from '../sandbox.js';
import { destroyDirect, provisionDirect, type Provisioned } from './direct.js';
import { inventory } from './inventory.js';
import { ProvisionError } from './problem.js';
import { resourceTypes } from './resources/index.js';
import { createStackFolder, everyType, stackOf, type StackFolder } from './testing/stack-folder.js';

jest.setTimeout(60_000);

const bucket = 'log-123456789012';
const allAddresses = Object.entries(everyType.resource as Record<string, JsonObject>).flatMap(([type, named]) =>
  Object.keys(named).map((name) => `${type}.${name}`),
);

let sandbox: Sandbox;
let folder: StackFolder;

beforeAll(async () => {
  sandbox = await startSandbox();
  folder = await createStackFolder();
  await folder.write(everyType);
});

afterAll(async () => {
  await sandbox.stop();
  await folder.remove();
});

const provisioned = (): Promise<Provisioned> => provisionDirect(sandbox, folder.directory);

/** What was not left as it was, as `changed aws_sqs_queue.failures name`. */
const done = ({ actions }: Provisioned): readonly string[] =>
  actions
    .filter(({ outcome }) => outcome !== 'unchanged')
    .map(({ outcome, address, changes }) => [outcome, address, ...changes].join(' '));

const queueUrl = async (): Promise<string> => String((await provisioned()).resources['aws_sqs_queue.undelivered']?.url);

describe('the example stack', () => {
  it('holds every type of resource that can be provisioned', () => {
    expect(new Set(allAddresses.map((address) => address.split('.')[0]))).toEqual(new Set(resourceTypes.keys()));
  });
});

describe('provisioned for the first time, a stack', () => {
  let first: Provisioned;

  beforeAll(async () => {
    await destroyDirect(sandbox, folder.directory);
    first = await provisioned();
  });

  it('is created whole, every argument kept', () => {
    expect([first.created, first.changed, first.unchanged]).toEqual([allAddresses.length, 0, 0]);
    expect(first.actions.flatMap(({ address, unmet }) => unmet.map((name) => `${address}.${name}`))).toEqual([]);
    expect(first.actions.map(({ address }) => address).sort()).toEqual([...allAddresses].sort());
  });

  it('exports of each resource what Terraform does', () => {
    expect(first.resources).toMatchObject({
      'aws_iam_role.guard': { arn: 'arn:aws:iam::123456789012:role/guard', id: 'guard' },
      'aws_iam_role_policy.guard': { id: 'guard:least-privilege' },
      'aws_lambda_function.detector': {
        arn: 'arn:aws:lambda:eu-west-1:123456789012:function:detector',
        id: 'detector',
        invoke_arn:
          'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:detector/invocations',
        code_sha256: folder.packageSha256,
      },
      'aws_cloudwatch_log_group.logs': { arn: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/guards' },
      'aws_sqs_queue.undelivered': {
        arn: 'arn:aws:sqs:eu-west-1:123456789012:undelivered',
        url: `${sandbox.endpoint}/123456789012/undelivered`,
      },
      'aws_s3_bucket.log': { arn: `arn:aws:s3:::${bucket}`, id: bucket, bucket },
      'aws_cloudtrail.trail': { arn: 'arn:aws:cloudtrail:eu-west-1:123456789012:trail/trail' },
      'aws_config_config_rule.groups': { arn: expect.stringContaining(':config-rule/') as unknown, id: 'groups' },
      'aws_cloudwatch_event_rule.calls': { arn: 'arn:aws:events:eu-west-1:123456789012:rule/calls' },
    });
  });

  it('has its references resolved, in resources and in outputs', async () => {
    const get = new GetFunctionConfigurationCommand({ FunctionName: 'detector' });
    const { Environment } = await sandbox.lambda().send(get);

    expect(Environment?.Variables).toEqual({
      LOGS: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/guards:*',
    });
    expect(first.outputs).toEqual({ where: 'aws in eu-west-1', rule: 'groups' });
  });

  it('names its guards, found by what invokes them', () => {
    expect(first).toMatchObject({
      functions: { configRemediator: 'remediator', cloudtrailDetector: 'detector' },
      configRuleName: 'groups',
      eventRuleName: 'calls',
    });
  });

  it('has functions that run the code of their package', async () => {
    const { Payload } = await sandbox.lambda().send(new InvokeCommand({ FunctionName: 'detector' }));

    expect(Payload?.transformToString()).toBe('"done"');
  });
});

describe('provisioned again, a stack', () => {
  beforeEach(provisioned);

  it('is left as it is, and exports the same', async () => {
    const first = await provisioned();
    const second = await provisioned();

    expect([second.created, second.changed, second.unchanged]).toEqual([0, 0, allAddresses.length]);
    expect(second.resources).toEqual(first.resources);
  });

  it('is not written to: every call only reads', async () => {
    const before = sandbox.calls.length;

    await provisioned();

    const writes = sandbox.calls
      .slice(before)
      .map(({ operation }) => operation)
      .filter((operation) => !/^(Get|Describe|List|Head|GET|HEAD)/.test(operation));
    expect(writes).toEqual([]);
  });

  it.each<{ name: string; change: () => Promise<unknown>; expected: readonly string[] }>([
    {
      name: "a role's description",
      change: () => sandbox.iam().send(new UpdateRoleCommand({ RoleName: 'guard', Description: 'Other' })),
      expected: ['changed aws_iam_role.guard description'],
    },
    {
      name: "a role's policy",
      change: () =>
        sandbox.iam().send(
          new PutRolePolicyCommand({
            RoleName: 'guard',
            PolicyName: 'least-privilege',
            PolicyDocument: JSON.stringify({
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
            }),
          }),
        ),
      expected: ['changed aws_iam_role_policy.guard policy'],
    },
    {
      name: 'a managed policy',
      change: () =>
        sandbox.iam().send(
          new CreatePolicyVersionCommand({
            PolicyArn: 'arn:aws:iam::123456789012:policy/more',
            PolicyDocument: JSON.stringify({
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
            }),
            SetAsDefault: true,
          }),
        ),
      expected: ['changed aws_iam_policy.more policy'],
    },
    {
      name: 'the policies of a role, one of which is detached',
      change: () =>
        sandbox
          .iam()
          .send(new DetachRolePolicyCommand({ RoleName: 'guard', PolicyArn: 'arn:aws:iam::123456789012:policy/more' })),
      expected: ['created aws_iam_role_policy_attachment.more'],
    },
    {
      name: "a function's settings",
      change: () =>
        sandbox
          .lambda()
          .send(new UpdateFunctionConfigurationCommand({ FunctionName: 'detector', Timeout: 3, MemorySize: 128 })),
      expected: ['changed aws_lambda_function.detector memory_size timeout'],
    },
    {
      name: 'what becomes of failed invocations, which are forgotten',
      change: () => sandbox.lambda().send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: 'detector' })),
      expected: ['created aws_lambda_function_event_invoke_config.failures'],
    },
    {
      name: 'a permission, which is taken away',
      change: () =>
        sandbox.lambda().send(new RemovePermissionCommand({ FunctionName: 'detector', StatementId: 'events' })),
      expected: ['created aws_lambda_permission.events'],
    },
    {
      name: 'how long logs are kept',
      change: () =>
        sandbox.logs().send(new PutRetentionPolicyCommand({ logGroupName: '/aws/lambda/guards', retentionInDays: 1 })),
      expected: ['changed aws_cloudwatch_log_group.logs retention_in_days'],
    },
    {
      name: 'what a bucket forgets, and when',
      change: () =>
        sandbox.s3().send(
          new PutBucketLifecycleConfigurationCommand({
            Bucket: bucket,
            LifecycleConfiguration: {
              Rules: [{ ID: 'expire', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }],
            },
          }),
        ),
      expected: ['changed aws_s3_bucket_lifecycle_configuration.log rule'],
    },
    {
      name: 'an alarm that was silenced',
      change: () =>
        sandbox.cloudWatch().send(
          new PutMetricAlarmCommand({
            AlarmName: 'depth',
            AlarmDescription: 'Something is in the queue',
            Namespace: 'AWS/SQS',
            MetricName: 'ApproximateNumberOfMessagesVisible',
            Dimensions: [{ Name: 'QueueName', Value: 'undelivered' }],
            Statistic: 'Maximum',
            ComparisonOperator: 'GreaterThanThreshold',
            Threshold: 1_000_000,
            Period: 300,
            EvaluationPeriods: 1,
            TreatMissingData: 'notBreaching',
          }),
        ),
      expected: ['changed aws_cloudwatch_metric_alarm.depth threshold alarm_actions ok_actions'],
    },
    {
      name: "a queue's settings and its policy",
      change: async () =>
        sandbox.sqs().send(
          new SetQueueAttributesCommand({
            QueueUrl: await queueUrl(),
            Attributes: { MessageRetentionPeriod: '60', Policy: '' },
          }),
        ),
      expected: [
        'changed aws_sqs_queue.undelivered message_retention_seconds',
        'created aws_sqs_queue_policy.undelivered',
      ],
    },
    {
      name: "a bucket's policy, which is taken away",
      change: () => sandbox.s3().send(new DeleteBucketPolicyCommand({ Bucket: bucket })),
      expected: ['created aws_s3_bucket_policy.log'],
    },
    {
      name: "a bucket's protection from the public",
      change: () =>
        sandbox.s3().send(
          new PutPublicAccessBlockCommand({
            Bucket: bucket,
            PublicAccessBlockConfiguration: {
              BlockPublicAcls: true,
              BlockPublicPolicy: false,
              IgnorePublicAcls: true,
              RestrictPublicBuckets: true,
            },
          }),
        ),
      expected: ['changed aws_s3_bucket_public_access_block.log block_public_policy'],
    },
    {
      name: "a bucket's encryption, which is taken away",
      change: () => sandbox.s3().send(new DeleteBucketEncryptionCommand({ Bucket: bucket })),
      expected: ['created aws_s3_bucket_server_side_encryption_configuration.log'],
    },
    {
      name: "a bucket's versioning, which is suspended",
      change: () =>
        sandbox
          .s3()
          .send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Suspended' } })),
      expected: ['created aws_s3_bucket_versioning.log'],
    },
    {
      name: 'a trail, which is stopped and narrowed',
      change: async () => {
        await sandbox.cloudTrail().send(new StopLoggingCommand({ Name: 'trail' }));
        await sandbox.cloudTrail().send(new UpdateTrailCommand({ Name: 'trail', IsMultiRegionTrail: false }));
      },
      expected: ['changed aws_cloudtrail.trail is_multi_region_trail enable_logging'],
    },
    {
      name: 'what is recorded',
      change: () =>
        sandbox.config().send(
          new PutConfigurationRecorderCommand({
            ConfigurationRecorder: {
              name: 'recorder',
              roleARN: 'arn:aws:iam::123456789012:role/guard',
              recordingGroup: { allSupported: false, resourceTypes: ['AWS::EC2::VPC'] },
            },
          }),
        ),
      expected: ['changed aws_config_configuration_recorder.recorder recording_group'],
    },
    {
      name: 'the recorder, which is stopped',
      change: () =>
        sandbox.config().send(new StopConfigurationRecorderCommand({ ConfigurationRecorderName: 'recorder' })),
      expected: ['created aws_config_configuration_recorder_status.started'],
    },
    {
      name: 'where items are delivered',
      change: async () => {
        await sandbox.s3().send(
          new CreateBucketCommand({
            Bucket: 'other',
            CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
          }),
        );
        await sandbox
          .config()
          .send(new PutDeliveryChannelCommand({ DeliveryChannel: { name: 'recorder', s3BucketName: 'other' } }));
      },
      expected: ['changed aws_config_delivery_channel.channel s3_bucket_name'],
    },
    {
      name: 'the scope of the Config rule',
      change: async () => {
        const describe = new DescribeConfigRulesCommand({ ConfigRuleNames: ['groups'] });
        const { ConfigRules: [rule] = [] } = await sandbox.config().send(describe);
        const Scope = { ComplianceResourceTypes: ['AWS::EC2::SecurityGroup'], ComplianceResourceId: 'sg-1' };
        await sandbox.config().send(
          new PutConfigRuleCommand({
            ConfigRule: { ConfigRuleName: 'groups', Description: rule?.Description, Source: rule?.Source, Scope },
          }),
        );
      },
      expected: ['changed aws_config_config_rule.groups scope'],
    },
    {
      name: 'the EventBridge rule, which is disabled',
      change: () => sandbox.eventBridge().send(new DisableRuleCommand({ Name: 'calls' })),
      expected: ['changed aws_cloudwatch_event_rule.calls state'],
    },
    {
      name: "the rule's target, which forgets what it cannot deliver",
      change: async () => {
        const { Targets: [target] = [] } = await sandbox
          .eventBridge()
          .send(new ListTargetsByRuleCommand({ Rule: 'calls' }));
        const put = new PutTargetsCommand({ Rule: 'calls', Targets: [{ Id: 'guard', Arn: target?.Arn }] });
        await sandbox.eventBridge().send(put);
      },
      expected: ['changed aws_cloudwatch_event_target.calls dead_letter_config retry_policy'],
    },
    {
      name: "the rule's target, which is taken away",
      change: () => sandbox.eventBridge().send(new RemoveTargetsCommand({ Rule: 'calls', Ids: ['guard'] })),
      expected: ['created aws_cloudwatch_event_target.calls'],
    },
  ])('after somebody changed $name puts that right, and nothing else', async ({ change, expected }) => {
    await change();

    const mended = await provisioned();

    expect(done(mended)).toEqual(expected);
    expect(mended.actions.flatMap(({ unmet }) => unmet)).toEqual([]);
  });
});

describe('a stack that changed', () => {
  it('is brought up to date, code and settings', async () => {
    await provisioned();
    const changed = await createStackFolder('export const handler = async () => "done otherwise";');
    const text = JSON.stringify(everyType)
      .replaceAll('"timeout":60', '"timeout":30')
      .replace('"maximum_retry_attempts":1', '"maximum_retry_attempts":0');
    await changed.write(text.replaceAll('\\"aws.ec2\\"', '\\"aws.ec2\\",\\"aws.config\\"'));

    const actions = done(await provisionDirect(sandbox, changed.directory));
    const { Payload } = await sandbox.lambda().send(new InvokeCommand({ FunctionName: 'remediator' }));
    const { EventPattern } = await sandbox.eventBridge().send(new DescribeRuleCommand({ Name: 'calls' }));
    await changed.remove();

    expect([...actions].sort()).toEqual([
      'changed aws_cloudwatch_event_rule.calls event_pattern',
      'changed aws_lambda_function.detector timeout source_code_hash',
      'changed aws_lambda_function.remediator timeout source_code_hash',
      'changed aws_lambda_function_event_invoke_config.failures maximum_retry_attempts',
    ]);
    expect(Payload?.transformToString()).toBe('"done otherwise"');
    expect(JSON.parse(EventPattern ?? '')).toEqual({ source: ['aws.ec2', 'aws.config'] });
  });
});

describe('a stack that AWS refuses', () => {
  it('fails with the resource and the reason, and goes on from there once it is right', async () => {
    await destroyDirect(sandbox, folder.directory);
    const broken = await createStackFolder();
    const { aws_iam_role_policy: policies, ...others } = everyType.resource as Record<string, JsonObject>;
    const refused = {
      guard: { ...Object(policies?.guard), policy: '{"Version":"2012-10-17","Statement":[]}' } as unknown,
    };
    await broken.write({ ...everyType, resource: { ...others, aws_iam_role_policy: refused } });

    const error: unknown = await provisionDirect(sandbox, broken.directory).catch((reason: unknown) => reason);
    await broken.remove();
    const after = await provisioned();

    expect(error).toBeInstanceOf(ProvisionError);
    expect(error).toMatchObject({
      address: 'aws_iam_role_policy.guard',
      step: 'create',
      message: expect.stringContaining('MalformedPolicyDocument') as unknown,
    });
    expect(after.created).toBeGreaterThan(0);
    expect(after.unchanged).toBeGreaterThan(0);
    expect(done(await provisioned())).toEqual([]);
  });

  it('that cannot be read in full changes nothing', async () => {
    const before = sandbox.calls.length;
    const unsound = await createStackFolder();
    await unsound.write(stackOf({ aws_sqs_queue: { q: { name: 'q' } }, aws_instance: { web: {} } }));

    const outcome = expect(provisionDirect(sandbox, unsound.directory)).rejects.toThrow(
      'aws_instance.web: unknown type',
    );

    await outcome;
    await unsound.remove();
    expect(sandbox.calls.slice(before)).toEqual([]);
  });
});

describe('a stack that is destroyed', () => {
  it('leaves nothing, not even a bucket that somebody filled', async () => {
    await provisioned();
    await sandbox.s3().send(new PutObjectCommand({ Bucket: bucket, Key: 'AWSLogs/1', Body: 'one' }));
    await sandbox.s3().send(new PutObjectCommand({ Bucket: bucket, Key: 'AWSLogs/1', Body: 'two' }));
    const own = (names: readonly string[]): readonly string[] => names.filter((name) => name !== 'bucket other');

    const there = own(await inventory(sandbox));
    const removed = await destroyDirect(sandbox, folder.directory);

    expect(there).toEqual([
      'Config rule groups',
      'EventBridge rule calls',
      'alarm depth',
      `bucket ${bucket}`,
      'configuration recorder recorder',
      'dashboard page',
      'delivery channel recorder',
      'function detector',
      'function remediator',
      'log group /aws/lambda/guards',
      'policy more',
      'queue undelivered',
      'role guard',
      'trail trail',
    ]);
    expect([...removed].sort()).toEqual([...allAddresses].sort());
    expect(own(await inventory(sandbox))).toEqual([]);
  });

  it('twice has nothing left to remove', async () => {
    await destroyDirect(sandbox, folder.directory);

    expect(await destroyDirect(sandbox, folder.directory)).toEqual([]);
  });

  it('in part loses what is there of it', async () => {
    await provisioned();
    await sandbox.lambda().send(new RemovePermissionCommand({ FunctionName: 'detector', StatementId: 'events' }));
    await sandbox.eventBridge().send(new RemoveTargetsCommand({ Rule: 'calls', Ids: ['guard'] }));

    const removed = await destroyDirect(sandbox, folder.directory);

    const absent = ['aws_lambda_permission.events', 'aws_cloudwatch_event_target.calls'];
    expect([...removed].sort()).toEqual(allAddresses.filter((address) => !absent.includes(address)).sort());
  });
});
