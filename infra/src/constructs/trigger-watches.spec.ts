import type { LimitedGroups } from '@portcullis/baseline';
import { eventPattern, parseGuardCall } from '@portcullis/cloudtrail';
import { matchesPattern } from '@portcullis/cloudtrail/matching';
import { cloudTrailEvent, type CloudTrailEvent } from '@portcullis/cloudtrail/testing';
import { limitOf } from '../testing/limits.js';
import { baselineOf, EVERYTHING, synthesisedStacks } from '../testing/synthesised.js';
import type { Resource, Template } from '../testing/template.js';
import { groupTriggerWatch, configTriggerGroupIds } from './trigger-watches.js';

const ACCOUNT = '111122223333';
// A very long ARN: the key is a multi-Region key, and the names of the partition and the region are long.
const KEY = `arn:aws-us-gov:kms:ap-southeast-1:${ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab`;
const VALUES: Readonly<Record<string, string>> = {
  '${data.aws_caller_identity.account.account_id}': ACCOUNT,
  '${data.aws_partition.partition.partition}': 'aws-us-gov',
  '${aws_kms_key.key_key.arn}': KEY,
};

/** Replaces Terraform's references in the text by their values. */
function deployed(text: unknown): string {
  return String(text).replace(/\$\{[^}]*\}/g, (reference) => {
    const value = VALUES[reference];
    if (value === undefined) throw new Error(`the value of ${reference} is unknown`);
    return value;
  });
}

const baselines = [baselineOf('web', ['sg-00000001'], { egress: [] })];
const ids = Array.from({ length: 1_000 }, (_, i) => `sg-${String(i).padStart(17, '0')}`);

/** Returns the CloudTrail event of a call that stops or removes the resource. */
type Way = (resource: Resource, nameOf: (value: unknown) => string) => CloudTrailEvent;

function call(service: string, eventName: string, requestParameters: object, rest: object = {}): CloudTrailEvent {
  return {
    ...cloudTrailEvent({ eventName, eventSource: `${service}.amazonaws.com`, requestParameters, ...rest }),
    source: `aws.${service}`,
  };
}
function queueUrl(name: string): string {
  return `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/${name}`;
}
function s3(eventName: string): Way {
  return ({ bucket }, nameOf) => call('s3', eventName, { bucketName: nameOf(bucket) });
}

/** For each resource type: the call that stops or removes a resource, or the reason why no rule needs to report that call. */
const WAYS: Readonly<Record<string, Way | string>> = {
  aws_cloudtrail: ({ name }) => call('cloudtrail', 'StopLogging', { name }),
  aws_cloudwatch_dashboard: ({ dashboard_name: name }) => call('monitoring', 'DeleteDashboards', { dashboardNames: [name] }),
  aws_cloudwatch_event_bus: ({ name }) => call('events', 'DeleteEventBus', { name }),
  aws_cloudwatch_event_bus_policy: ({ event_bus_name: bus }, nameOf) =>
    call('events', 'RemovePermission', { eventBusName: nameOf(bus), removeAllPermissions: true }),
  aws_cloudwatch_event_rule: ({ name }) => call('events', 'DisableRule', { name }),
  aws_cloudwatch_event_target: ({ rule, target_id: id }, nameOf) => call('events', 'RemoveTargets', { rule: nameOf(rule), ids: [id] }),
  aws_cloudwatch_log_group: ({ name }) => call('logs', 'DeleteLogGroup', { logGroupName: name }),
  aws_cloudwatch_metric_alarm: ({ alarm_name: name }) => call('monitoring', 'DeleteAlarms', { alarmNames: [name] }),
  aws_config_config_rule: ({ name }) => call('config', 'DeleteConfigRule', { configRuleName: name }),
  aws_config_configuration_recorder: ({ name }) => call('config', 'DeleteConfigurationRecorder', { configurationRecorderName: name }),
  aws_config_configuration_recorder_status: ({ name }, nameOf) =>
    call('config', 'StopConfigurationRecorder', { configurationRecorderName: nameOf(name) }),
  aws_config_delivery_channel: ({ name }) => call('config', 'DeleteDeliveryChannel', { deliveryChannelName: name }),
  aws_config_organization_custom_rule: ({ name }) => call('config', 'DeleteOrganizationConfigRule', { organizationConfigRuleName: name }),
  // CloudTrail records calls to IAM only in us-east-1, so only a stack in that region reports the calls.
  aws_iam_policy: ({ name }) => call('iam', 'DeletePolicy', { policyArn: `arn:aws:iam::${ACCOUNT}:policy/${String(name)}` }),
  aws_iam_role: ({ name }) => call('iam', 'DeleteRole', { roleName: name }),
  aws_iam_role_policy: ({ role, name }, nameOf) => call('iam', 'DeleteRolePolicy', { roleName: nameOf(role), policyName: name }),
  aws_iam_role_policy_attachment: ({ role }, nameOf) => call('iam', 'DetachRolePolicy', { roleName: nameOf(role) }),
  aws_kms_alias: 'only people use the alias: no resource finds the key by the alias',
  aws_kms_key: () => call('kms', 'ScheduleKeyDeletion', { keyId: KEY.replace(/^.*\//, '') }, { resources: [{ ARN: KEY }] }),
  aws_lambda_function: ({ function_name: functionName }) => call('lambda', 'DeleteFunction20150331', { functionName }),
  aws_lambda_function_event_invoke_config: ({ function_name: name }, nameOf) =>
    call('lambda', 'DeleteFunctionEventInvokeConfig', { functionName: nameOf(name) }),
  aws_lambda_permission: ({ function_name: name, statement_id: statementId }, nameOf) =>
    call('lambda', 'RemovePermission20150331v2', { functionName: nameOf(name), statementId }),
  aws_s3_bucket: s3('DeleteBucket'),
  aws_s3_bucket_lifecycle_configuration: s3('PutBucketLifecycle'),
  aws_s3_bucket_policy: s3('DeleteBucketPolicy'),
  aws_s3_bucket_public_access_block: s3('DeleteBucketPublicAccessBlock'),
  aws_s3_bucket_server_side_encryption_configuration: s3('PutBucketEncryption'),
  aws_s3_bucket_versioning: s3('PutBucketVersioning'),
  aws_scheduler_schedule_group: ({ name }) => call('scheduler', 'DeleteScheduleGroup', { name }),
  aws_sqs_queue: ({ name }) => call('sqs', 'DeleteQueue', { queueUrl: queueUrl(deployed(name)) }),
  aws_sqs_queue_policy: ({ queue_url: url }, nameOf) =>
    call('sqs', 'SetQueueAttributes', { queueUrl: queueUrl(nameOf(url)), attributes: { Policy: '' } }),
};

/** Returns a function that resolves a name: plain text, or a reference to a resource. */
function namesIn(stack: Template) {
  return (value: unknown): string => {
    const [, type, address] = /^\$\{(aws_\w+)\.([\w-]+)\.\w+\}$/.exec(String(value)) ?? [];
    if (type === undefined || address === undefined) return deployed(value);
    const { name, function_name: functionName, bucket } = stack.resource(type, address);
    return deployed(name ?? functionName ?? bucket);
  };
}

/** Returns the rules of an event bus that match an event. */
function delivering(stack: Template, bus: 'default' | 'members', event: CloudTrailEvent): readonly Resource[] {
  return stack
    .resources('aws_cloudwatch_event_rule')
    .filter(({ event_bus_name: name }) => (name === undefined) === (bus === 'default'))
    .filter(({ event_pattern: pattern }) => matchesPattern(JSON.parse(deployed(pattern)) as object, event));
}

describe('a call that stops or removes a part of Portcullis', () => {
  const [central, member] = synthesisedStacks(EVERYTHING, baselines);
  const [single] = synthesisedStacks({ kmsKey: 'create' }, [
    baselineOf('web', ['sg-00000001'], { egress: [], mode: 'approve', approveWithin: 60 }),
  ]);
  const [large] = synthesisedStacks({}, [baselineOf('many', ids, { egress: [] })]);
  if (!central || !member || !single || !large) throw new Error('four stacks were expected');

  it.each([
    ['one account', single],
    ['one account with 1,000 groups', large],
    ['the central account of an organization', central],
    ['a member account', member],
  ])(
    'in %s, one EventBridge rule reports each call that stops or removes a resource of Portcullis, and the call does not stop that rule',
    (_, stack) => {
      const types = Object.keys(stack.counts());
      expect(types.filter((type) => WAYS[type] === undefined)).toEqual([]);

      const isReported = (resource: Resource, way: Way): boolean => {
        const event = way(resource, namesIn(stack));
        const [rule, ...others] = delivering(stack, 'default', event);
        const parsed = parseGuardCall(event, { name: 'portcullis', kmsKeyArn: KEY });
        return (
          rule !== undefined &&
          others.length === 0 &&
          // The call must stop neither the rule that reports the call nor the target of that rule.
          rule.address !== resource.address &&
          resource.rule !== `\${${rule.address}.name}` &&
          (stack !== member || delivering(central, 'members', event).length === 1) &&
          parsed.ok &&
          parsed.value !== undefined
        );
      };
      const unseen = types.flatMap((type) => {
        const way = WAYS[type];
        return typeof way === 'function' ? stack.resources(type).filter((resource) => !isReported(resource, way)) : [];
      });

      expect(unseen.map(({ address }) => address)).toEqual([]);
    },
  );
});

describe('the groups whose changes invoke the functions because of limits', () => {
  const scopeOf = (...groups: readonly LimitedGroups[]) => {
    const compiled = { baselines: [], limits: groups.map((each, i) => limitOf(`limit-${i}`, { groups: each })) };
    return { groupIds: configTriggerGroupIds(compiled), pattern: groupTriggerWatch(compiled).pattern };
  };

  it('only the listed groups are in scope if every limit lists ids, even if a limit also excepts groups by tag', () => {
    const except = { ids: [], tags: { Bastion: 'yes' } };

    expect(scopeOf({ ids: ['sg-00000002'] }, { ids: ['sg-00000001'] })).toEqual({
      groupIds: ['sg-00000001', 'sg-00000002'],
      pattern: eventPattern(['sg-00000001', 'sg-00000002']),
    });
    expect(scopeOf({ ids: ['sg-00000001'], except })).toEqual({
      groupIds: ['sg-00000001'],
      pattern: eventPattern(['sg-00000001'], { tagsMatter: true }),
    });
  });

  it.each<[string, LimitedGroups, boolean]>([
    ['a limit covers every group', { all: true, ids: [] }, false],
    ['a limit covers every group without a certain tag', { all: true, ids: [], except: { ids: [], tags: { Bastion: 'yes' } } }, true],
    ['a limit selects by VPC', { ids: ['sg-00000001'], vpcs: ['vpc-00000001'] }, false],
    ['a limit selects by tag', { ids: [], tags: { Tier: 'web' } }, true],
  ])('all groups are in scope if %s', (_, groups, tagsMatter) => {
    expect(scopeOf({ ids: ['sg-00000001'] }, groups)).toEqual({
      groupIds: 'any',
      pattern: eventPattern([], { byIdOnly: false, tagsMatter }),
    });
  });
});
