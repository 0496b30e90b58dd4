/** AWS's limits, from the one table of them, held against the calls that would exceed them. */
import { excessesIn, LIMITS, type Limit } from '@portcullis/infra/limits';
import { isObject, listOf, type JsonObject } from '../json.js';
import type { AwsError, PendingCall } from './call.js';

/** The resource of the table that a call makes or changes, and the attributes by the members of the call. */
const RESOURCES: Readonly<Record<string, { readonly type: string; readonly attributes: Readonly<Record<string, string>> }>> = {
  'events:PutRule': {
    type: 'aws_cloudwatch_event_rule',
    attributes: { Name: 'name', EventPattern: 'event_pattern', Description: 'description' },
  },
  'iam:CreateRole': {
    type: 'aws_iam_role',
    attributes: { RoleName: 'name', AssumeRolePolicyDocument: 'assume_role_policy', Description: 'description', Tags: 'tags' },
  },
  'iam:PutRolePolicy': { type: 'aws_iam_role_policy', attributes: { RoleName: 'role', PolicyName: 'name', PolicyDocument: 'policy' } },
  'iam:CreatePolicy': { type: 'aws_iam_policy', attributes: { PolicyName: 'name', PolicyDocument: 'policy', Description: 'description' } },
  'lambda:CreateFunction': {
    type: 'aws_lambda_function',
    attributes: { FunctionName: 'function_name', Description: 'description', Environment: 'environment' },
  },
  'config:PutConfigRule': {
    type: 'aws_config_config_rule',
    attributes: { ConfigRuleName: 'name', Description: 'description', InputParameters: 'input_parameters' },
  },
  'sqs:CreateQueue': { type: 'aws_sqs_queue', attributes: { QueueName: 'name' } },
  'logs:CreateLogGroup': { type: 'aws_cloudwatch_log_group', attributes: { logGroupName: 'name' } },
  'monitoring:PutMetricAlarm': {
    type: 'aws_cloudwatch_metric_alarm',
    attributes: { AlarmName: 'alarm_name', AlarmActions: 'alarm_actions' },
  },
};

// What a call does not say is counted elsewhere: resources of a kind, and files.
const OF_ATTRIBUTES = Object.values<Limit>(LIMITS).filter(({ places }) => places.every(({ attribute }) => attribute !== undefined));

/** Returns AWS's refusal of a call that exceeds a limit; undefined for any other call. */
export function excessOf({ service, operation, input }: PendingCall): AwsError | undefined {
  const resource = RESOURCES[`${service}:${operation}`];
  if (resource === undefined) return undefined;
  const { ConfigRule: given = input } = input;
  const attributes = Object.fromEntries(
    Object.entries(resource.attributes).flatMap(([member, name]) => {
      const value = attributeOf(isObject(given) ? given[member] : undefined, member);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const [excess] = excessesIn('the call', { [resource.type]: { call: attributes } }, '', OF_ATTRIBUTES);
  if (excess === undefined) return undefined;
  const { what, maximum, source } = excess.limit;
  const code = service === 'iam' && /polic/.test(what) ? 'LimitExceeded' : 'ValidationException';
  return {
    code,
    message: `${what}: ${excess.measured} where ${maximum} is the maximum; see ${source}`,
    status: code === 'LimitExceeded' ? 409 : 400,
  };
}

/** In Terraform's shape: tags are a mapping, variables are in lower case. */
function attributeOf(value: unknown, member: string): unknown {
  if (value === undefined || value === null) return undefined;
  if (member === 'Tags')
    return Object.fromEntries(listOf({ value }, 'value').flatMap((tag) => (isObject(tag) ? [[String(tag.Key), tag.Value]] : [])));
  return member === 'Environment' ? { variables: (value as JsonObject).Variables ?? {} } : value;
}
