/** Refuses calls that exceed AWS's limits. */
import { AWS_LIMITS, findAwsLimitExcesses, type AwsLimit } from '@portcullis/aws-limits';
import { json, type JsonObject } from '../json.js';
import type { AwsError, PendingCall } from './call.js';

/**
 * For each call that creates a resource: Terraform's type of the resource, and the member of the call that contains the resource's name.
 */
const RESOURCES: Readonly<Record<string, readonly [type: string, name?: string]>> = {
  'events:PutRule': ['aws_cloudwatch_event_rule'],
  'iam:CreateRole': ['aws_iam_role', 'RoleName'],
  'iam:PutRolePolicy': ['aws_iam_role_policy', 'PolicyName'],
  'iam:CreatePolicy': ['aws_iam_policy', 'PolicyName'],
  'lambda:CreateFunction': ['aws_lambda_function'],
  'config:PutConfigRule': ['aws_config_config_rule', 'ConfigRuleName'],
  'sqs:CreateQueue': ['aws_sqs_queue', 'QueueName'],
  'logs:CreateLogGroup': ['aws_cloudwatch_log_group', 'logGroupName'],
  'cloudwatch:PutMetricAlarm': ['aws_cloudwatch_metric_alarm'],
};

/**
 * Returns Terraform's name for a member of a call: `alarm_actions` for `AlarmActions`, `ok_actions` for `OKActions`, `assume_role_policy`
 * for `AssumeRolePolicyDocument`.
 */
function attributeOfSimulatedMember(member: string): string {
  return member
    .replace(/Document$/, '')
    .replace(/(?<=[a-z])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])/g, '_$&')
    .toLowerCase();
}

// A single call can exceed only the limit of an attribute, such as the length of a name. All other limits apply to several resources or to
// files.
const OF_ATTRIBUTES = Object.values<AwsLimit>(AWS_LIMITS).filter(({ appliesTo }) =>
  appliesTo.every(({ attribute }) => attribute !== undefined),
);

/** The error code of each service for a value that is too long. All other services return `ValidationException`. */
const INVALID: Readonly<Record<string, string>> = {
  cloudwatch: 'ValidationError',
  iam: 'ValidationError',
  logs: 'InvalidParameterException',
  sqs: 'InvalidParameterValue',
};

/** Returns AWS's error if the call exceeds a limit, or else undefined. */
export function simulatedLimitError({ service, operation, input }: PendingCall): AwsError | undefined {
  const [type, nameMember] = RESOURCES[`${service}:${operation}`] ?? [];
  if (type === undefined) return undefined;
  const given = Object.entries(json.isObject(input.ConfigRule) ? input.ConfigRule : input).map(([member, value]) => {
    if (member === 'Environment') return ['environment', { variables: json.object({ value }, 'value').Variables }];
    // IAM does not count the white space in a policy.
    const document = member.endsWith('PolicyDocument') && typeof value === 'string' ? json.parse(value) : undefined;
    return [member === nameMember ? 'name' : attributeOfSimulatedMember(member), document === undefined ? value : JSON.stringify(document)];
  });
  // `findAwsLimitExcesses` reads tags from the `default_tags` of the Terraform provider.
  const tags = { default_tags: [{ tags: tagsOfSimulatedCall(input.Tags ?? input.tags) }] };
  const resources = { [type]: { call: Object.fromEntries(given) as JsonObject }, provider: { call: tags } };
  const excess = findAwsLimitExcesses('the call', resources, { limits: OF_ATTRIBUTES }).find(
    ({ limit }) => limit !== AWS_LIMITS.tagCharacters || service === 'iam',
  );
  if (excess === undefined) return undefined;
  const { what, maximum, source } = excess.limit;
  const message = `${what}: ${excess.measured} exceeds the maximum of ${maximum}; see ${source}`;
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html#API_PutRolePolicy_Errors
  if (service === 'iam' && excess.limit.measure === 'policy characters') return { code: 'LimitExceeded', message, status: 409 };
  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html#API_CreateFunction_Errors
  if (excess.limit === AWS_LIMITS.environment) return { code: 'InvalidParameterValueException', message };
  return { code: INVALID[service] ?? 'ValidationException', message };
}

/** Returns the value of each tag by its key. `tags` is an object, or a list of objects with `Key` and `Value`. */
function tagsOfSimulatedCall(tags: unknown): JsonObject {
  return json.isObject(tags)
    ? tags
    : Object.fromEntries(json.list({ tags }, 'tags').flatMap((tag) => (json.isObject(tag) ? [[String(tag.Key), tag.Value]] : [])));
}
