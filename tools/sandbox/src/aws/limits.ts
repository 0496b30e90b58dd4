/** AWS's limits, from the one table of them, held against the calls that would exceed them. */
import { excessesIn, LIMITS, type Limit } from '@portcullis/infra/limits';
import { isObject, listOf, objectOf, parseObject, type JsonObject } from '../json.js';
import type { AwsError, PendingCall } from './call.js';

/** The resource of the table that a call makes or changes, and the attributes by the members of the call. */
const RESOURCES: Readonly<Record<string, { readonly type: string; readonly attributes: Readonly<Record<string, string>> }>> = {
  'events:PutRule': {
    type: 'aws_cloudwatch_event_rule',
    attributes: { Name: 'name', EventPattern: 'event_pattern', Description: 'description' },
  },
  'iam:CreateRole': {
    type: 'aws_iam_role',
    attributes: { RoleName: 'name', AssumeRolePolicyDocument: 'assume_role_policy', Description: 'description' },
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
  'cloudwatch:PutMetricAlarm': {
    type: 'aws_cloudwatch_metric_alarm',
    attributes: { AlarmName: 'alarm_name', AlarmDescription: 'alarm_description', AlarmActions: 'alarm_actions', OKActions: 'ok_actions' },
  },
};

// What a call does not say is counted elsewhere: resources of a kind, and files.
const OF_ATTRIBUTES = Object.values<Limit>(LIMITS).filter(({ places }) => places.every(({ attribute }) => attribute !== undefined));

/** What a service calls a member that is too long; other services, and the quotas of EventBridge, answer `ValidationException`. */
const INVALID: Readonly<Record<string, string>> = {
  cloudwatch: 'ValidationError',
  iam: 'ValidationError',
  logs: 'InvalidParameterException',
  sqs: 'InvalidParameterValue',
};

/** Returns AWS's refusal of a call that exceeds a limit; undefined for any other call. */
export function excessOf({ service, operation, input }: PendingCall): AwsError | undefined {
  const resource = RESOURCES[`${service}:${operation}`];
  if (resource === undefined) return undefined;
  const given = objectOf({ given: input.ConfigRule ?? input }, 'given');
  const attributes = Object.entries(resource.attributes).flatMap(([member, name]) => {
    const value = member === 'Environment' ? { variables: objectOf(given[member], 'Variables') } : given[member];
    if (value === undefined || value === null) return [];
    // IAM counts no white space between the parts of a policy.
    const document = service === 'iam' && typeof value === 'string' ? parseObject(value) : undefined;
    return [[name, document === undefined ? value : JSON.stringify(document)] as const];
  });
  // The table has tags where Terraform has those of all resources.
  const tags = { default_tags: [{ tags: tagsOf(input.Tags ?? input.tags) }] };
  const resources = { [resource.type]: { call: Object.fromEntries(attributes) }, provider: { call: tags } };
  const [excess] = excessesIn('the call', resources, '', OF_ATTRIBUTES).filter(
    ({ limit }) => limit !== LIMITS.tagCharacters || service === 'iam',
  );
  if (excess === undefined) return undefined;
  const { what, maximum, source } = excess.limit;
  const message = `${what}: ${excess.measured} where ${maximum} is the maximum; see ${source}`;
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html#API_PutRolePolicy_Errors
  if (service === 'iam' && excess.limit.measure === 'policy characters') return { code: 'LimitExceeded', message, status: 409 };
  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html#API_CreateFunction_Errors
  if (excess.limit === LIMITS.environment) return { code: 'InvalidParameterValueException', message };
  return { code: INVALID[service] ?? 'ValidationException', message };
}

/** A mapping, or a list of keys and values. */
const tagsOf = (tags: unknown): JsonObject =>
  isObject(tags)
    ? tags
    : Object.fromEntries(listOf({ tags }, 'tags').flatMap((tag) => (isObject(tag) ? [[String(tag.Key), tag.Value]] : [])));
