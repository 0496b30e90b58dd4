/** Tests that the sandbox applies AWS's limits: a call at the limit succeeds, and a call above the limit fails. */
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ConfigServiceClient, PutConfigRuleCommand, type ConfigRule } from '@aws-sdk/client-config-service';
import { EventBridgeClient, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { CreatePolicyCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand, type CreateRoleCommandInput } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient, type CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AWS_LIMITS } from '@portcullis/aws-limits';
import { expectMotoValue } from './moto.js';
import { ACCOUNT_ID } from '../sandbox.js';
import { packageWith } from '../testing/deployment.js';
import { sandbox, useSandbox } from '../testing/fixture.js';

let roleArn: string;
let calls = 0;

useSandbox(async () => {
  roleArn = expectMotoValue((await role({ RoleName: 'everything' })).Role?.Arn);
  await aFunction({ FunctionName: 'judge' });
});

/** Returns a unique name of this length. */
const name = (length = 8): string => `n${(calls += 1)}`.padEnd(length, 'x');
const text = (length: number): string => 'x'.repeat(length);

/** Returns a policy of this length. */
function policy(length: number, rest: object = { Action: 'sns:Publish', Resource: '*' }): string {
  const document = (Sid: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid, Effect: 'Allow', ...rest }] });
  return document(text(length - document('').length));
}

const trust = (length: number): string => policy(length, { Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } });

/** Returns an event pattern of this length. */
const pattern = (length: number): string => JSON.stringify({ source: [text(length - '{"source":[""]}'.length)] });

const tags = (count: number) => Array.from({ length: count }, (_, i) => ({ Key: `key-${i}`, Value: 'x' }));

const role = (input: Partial<CreateRoleCommandInput>) =>
  sandbox.client(IAMClient).send(new CreateRoleCommand({ RoleName: name(), AssumeRolePolicyDocument: trust(300), ...input }));
const inline = (PolicyDocument: string, PolicyName = name()) =>
  sandbox.client(IAMClient).send(new PutRolePolicyCommand({ RoleName: 'everything', PolicyName, PolicyDocument }));
const managed = (PolicyDocument: string, PolicyName = name(), Description?: string) =>
  sandbox.client(IAMClient).send(new CreatePolicyCommand({ PolicyName, PolicyDocument, Description }));
const rule = (EventPattern: string, Name = name(), Description?: string) =>
  sandbox.client(EventBridgeClient).send(new PutRuleCommand({ Name, EventPattern, Description }));
const CODE = { Runtime: 'nodejs22.x', Handler: 'main.handler', Code: { ZipFile: packageWith('export const handler = () => 1;') } } as const;
const aFunction = (input: Partial<CreateFunctionCommandInput>) =>
  sandbox.client(LambdaClient).send(new CreateFunctionCommand({ FunctionName: name(), Role: roleArn, ...CODE, ...input }));
const JUDGE: ConfigRule['Source'] = {
  Owner: 'CUSTOM_LAMBDA',
  SourceIdentifier: `arn:aws:lambda:eu-west-1:${ACCOUNT_ID}:function:judge`,
  SourceDetails: [{ EventSource: 'aws.config', MessageType: 'ConfigurationItemChangeNotification' }],
};
const configRule = (input: Partial<ConfigRule>) =>
  sandbox.client(ConfigServiceClient).send(new PutConfigRuleCommand({ ConfigRule: { ConfigRuleName: name(), Source: JUDGE, ...input } }));
const METRIC = { MetricName: 'Errors', Namespace: 'AWS/Lambda', Statistic: 'Sum', Period: 60 } as const;
const ABOVE = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' } as const;
function alarm(AlarmName: string, actions: number, AlarmDescription?: string) {
  const AlarmActions = Array.from({ length: actions }, (_, i) => `arn:aws:sns:eu-west-1:${ACCOUNT_ID}:topic-${i}`);
  const input = { AlarmName, AlarmDescription, AlarmActions, ...METRIC, ...ABOVE };
  return sandbox.client(CloudWatchClient).send(new PutMetricAlarmCommand(input));
}

const logGroup = (logGroupName: string) => sandbox.client(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName }));
const json = (length: number): string => JSON.stringify({ a: text(length - '{"a":""}'.length) });

/** Makes a call with a member of this length or size. */
type Make = (measure: number) => Promise<unknown>;

it.each<readonly [limit: keyof typeof AWS_LIMITS, code: string, make: Make]>([
  ['eventPattern', 'ValidationException', (n) => rule(pattern(n))],
  ['eventRuleName', 'ValidationException', (n) => rule(pattern(30), name(n))],
  ['eventRuleDescription', 'ValidationException', (n) => rule(pattern(30), name(), text(n))],
  ['inlinePolicies', 'LimitExceeded', (n) => inline(policy(n))],
  ['managedPolicy', 'LimitExceeded', (n) => managed(policy(n))],
  ['managedPolicyName', 'ValidationError', (n) => managed(policy(200), name(n))],
  ['managedPolicyDescription', 'ValidationError', (n) => managed(policy(200), name(), text(n))],
  ['trustPolicy', 'LimitExceeded', (n) => role({ AssumeRolePolicyDocument: trust(n) })],
  ['policyCharacters', 'ValidationError', (n) => inline(policy(200, { Action: 'sns:Publish', Resource: `*${'ł'.repeat(n)}` }))],
  ['roleName', 'ValidationError', (n) => role({ RoleName: name(n) })],
  ['roleDescription', 'ValidationError', (n) => role({ Description: text(n) })],
  ['tags', 'ValidationError', (n) => role({ Tags: tags(n) })],
  ['tagKey', 'ValidationError', (n) => role({ Tags: [{ Key: text(n), Value: 'x' }] })],
  ['tagValue', 'ValidationError', (n) => role({ Tags: [{ Key: 'x', Value: text(n) }] })],
  ['tagCharacters', 'ValidationError', (n) => role({ Tags: [{ Key: 'x', Value: `a b${'!'.repeat(n)}` }] })],
  ['functionName', 'ValidationException', (n) => aFunction({ FunctionName: name(n) })],
  ['functionDescription', 'ValidationException', (n) => aFunction({ Description: text(n) })],
  ['environment', 'InvalidParameterValueException', (n) => aFunction({ Environment: { Variables: { A: text(n - '{"A":""}'.length) } } })],
  ['configRuleName', 'ValidationException', (n) => configRule({ ConfigRuleName: name(n) })],
  ['configRuleDescription', 'ValidationException', (n) => configRule({ Description: text(n) })],
  ['configRuleParameters', 'ValidationException', (n) => configRule({ InputParameters: json(n) })],
  ['queueName', 'InvalidParameterValue', (n) => sandbox.client(SQSClient).send(new CreateQueueCommand({ QueueName: name(n) }))],
  ['logGroupName', 'InvalidParameterException', (n) => logGroup(name(n))],
  ['alarmName', 'ValidationError', (n) => alarm(name(n), 1)],
  ['alarmDescription', 'ValidationError', (n) => alarm(name(), 1, text(n))],
  ['alarmActions', 'ValidationError', (n) => alarm(name(), n)],
])(
  'the sandbox applies the limit %s: a call at the maximum succeeds, and a call above the maximum fails with %s',
  async (limit, code, make) => {
    const { maximum } = AWS_LIMITS[limit];

    await make(maximum);
    await expect(make(maximum + 1)).rejects.toThrow(AWS_LIMITS[limit].source);
    expect(sandbox.calls.at(-1)?.errorCode).toBe(code);
  },
);

it('the sandbox does not count white space in a policy', async () => {
  await inline(`${policy(AWS_LIMITS.inlinePolicies.maximum).replace('"Effect":', '"Effect" : ')}\n`);
});

it('the sandbox accepts an exclamation mark in the tag of an EventBridge rule, although IAM refuses this character in the tag of a role', async () => {
  const Tags = [{ Key: 'x', Value: 'a!' }];

  await sandbox.client(EventBridgeClient).send(new PutRuleCommand({ Name: name(), EventPattern: pattern(30), Tags }));
});
