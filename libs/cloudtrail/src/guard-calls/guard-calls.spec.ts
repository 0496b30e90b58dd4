import { matchesPattern } from '../event-pattern/matching.js';
import { cloudTrailEvent, type CloudTrailEvent } from '../testing/cloudtrail-event.js';
import { anyCallPattern, guardCallPattern } from './guard-call-pattern.js';
import { GUARD_PARTS } from './guard-parts.js';
import { GUARD_SERVICES as services, isGuardEvent } from './guard-services.js';
import { parseGuardCall, type GuardCall } from './parse-guard-call.js';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const guard = { name: 'portcullis', kmsKeyArn: KEY };
const STACK = 'arn:aws:cloudformation:eu-west-1:444455556666:stack/StackSet-portcullis-members-eu-west-1-1-2/3';
const pattern = guardCallPattern(guard, { services, ruleNames: ['portcullis-security-group-calls', 'portcullis-x'] });

function call(service: string, eventName: string, requestParameters: unknown, rest: object = {}): CloudTrailEvent {
  const event = cloudTrailEvent({ eventName, eventSource: `${service}.amazonaws.com`, requestParameters, ...rest });
  return { ...event, source: `aws.${service}` };
}

function callOnKey(eventName: string, requestParameters: object, ARN: string): CloudTrailEvent {
  return call('kms', eventName, requestParameters, { resources: [{ accountId: '111122223333', type: 'AWS::KMS::Key', ARN }] });
}

function read(event: unknown): GuardCall | undefined {
  const parsed = parseGuardCall(event, guard);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/111122223333/portcullis-config-remediator-failures';
const POLICY = 'arn:aws:iam::111122223333:policy/portcullis-config-remediator-eu-west-1-1';
const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:portcullis-config-remediator';

const LOG_GROUP = 'arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/portcullis-x';
const INSTANCE = 'AWS::EC2::Instance';

function remediations(...names: string[]): object {
  return { remediationConfigurations: names.map((configRuleName) => ({ configRuleName })) };
}

function resourceTypes(...types: string[]): object {
  return { configurationRecorderArn: 'arn:x', resourceTypes: types };
}

it.each([
  ['config', 'StopConfigurationRecorder', { configurationRecorderName: 'default' }, 'configuration recorder', 'stops'],
  ['config', 'DeleteConfigurationRecorder', { configurationRecorderName: 'x' }, 'configuration recorder', 'stops'],
  ['config', 'PutConfigurationRecorder', { configurationRecorder: {} }, 'configuration recorder', 'changes'],
  ['config', 'DeleteDeliveryChannel', { deliveryChannelName: 'default' }, 'configuration recorder', 'stops'],
  ['config', 'PutDeliveryChannel', { deliveryChannel: { name: 'default' } }, 'configuration recorder', 'changes'],
  ['config', 'DisassociateResourceTypes', resourceTypes(INSTANCE, 'AWS::EC2::SecurityGroup'), 'configuration recorder', 'stops'],
  ['config', 'DisassociateResourceTypes', resourceTypes(INSTANCE), 'configuration recorder', 'changes'],
  ['cloudtrail', 'StopLogging', { name: 'any-trail' }, 'trail', 'stops'],
  ['cloudtrail', 'DeleteTrail', { name: 'any-trail' }, 'trail', 'stops'],
  ['cloudtrail', 'UpdateTrail', { name: 'any-trail' }, 'trail', 'changes'],
  ['cloudtrail', 'PutEventSelectors', { trailName: 'any-trail' }, 'trail', 'changes'],
  ['config', 'DeleteConfigRule', { configRuleName: 'portcullis-security-groups' }, 'AWS Config rule', 'stops'],
  ['config', 'PutConfigRule', { configRule: { configRuleName: 'portcullis-x' } }, 'AWS Config rule', 'changes'],
  ['config', 'PutConfigRule', { configRule: { configRuleId: 'config-rule-abc123' } }, 'AWS Config rule', 'changes'],
  ['config', 'DeleteOrganizationConfigRule', { organizationConfigRuleName: 'portcullis-x' }, 'AWS Config rule', 'stops'],
  ['config', 'PutRemediationConfigurations', remediations('theirs', 'portcullis-security-groups'), 'AWS Config rule', 'changes'],
  ['events', 'DisableRule', { name: 'portcullis-security-group-calls' }, 'EventBridge rule', 'stops'],
  ['events', 'DeleteRule', { name: 'portcullis-security-group-calls' }, 'EventBridge rule', 'stops'],
  ['events', 'RemoveTargets', { rule: 'portcullis-security-group-calls', ids: ['guard'] }, 'EventBridge rule', 'stops'],
  ['events', 'PutRule', { name: 'portcullis-x', eventPattern: '{}' }, 'EventBridge rule', 'changes'],
  ['events', 'PutRule', { name: 'portcullis-x', state: 'DISABLED' }, 'EventBridge rule', 'stops'],
  ['events', 'DeleteEventBus', { name: 'portcullis-members' }, 'event bus', 'stops'],
  ['events', 'UpdateEventBus', { name: 'portcullis-members', description: 'x' }, 'event bus', 'changes'],
  ['events', 'PutPermission', { eventBusName: 'portcullis-members', policy: '{}' }, 'event bus', 'changes'],
  ['events', 'RemovePermission', { eventBusName: 'portcullis-members', statementId: 'x' }, 'event bus', 'stops'],
  ['events', 'RemovePermission', { eventBusName: 'portcullis-members', removeAllPermissions: true }, 'event bus', 'stops'],
  ['lambda', 'DeleteFunction20150331', { functionName: 'portcullis-config-remediator' }, 'function', 'stops'],
  ['lambda', 'UpdateFunctionCode20150331v2', { functionName: FUNCTION }, 'function', 'changes'],
  ['lambda', 'UpdateFunctionConfiguration20150331v2', { functionName: FUNCTION }, 'function', 'changes'],
  ['lambda', 'UpdateFunctionCode20150331v2', { functionName: '111122223333:portcullis-x' }, 'function', 'changes'],
  ['lambda', 'PutFunctionConcurrency20171031', { functionName: FUNCTION, reservedConcurrentExecutions: 0 }, 'function', 'stops'],
  ['lambda', 'PutFunctionConcurrency20171031', { functionName: FUNCTION, reservedConcurrentExecutions: 5 }, 'function', 'changes'],
  ['lambda', 'RemovePermission20150331v2', { functionName: FUNCTION, statementId: 'x' }, 'function', 'stops'],
  ['iam', 'PutRolePolicy', { roleName: 'portcullis-config-remediator-eu-west-1' }, 'role', 'changes'],
  ['iam', 'DeleteRolePolicy', { roleName: 'portcullis-config-remediator-eu-west-1' }, 'role', 'stops'],
  ['iam', 'DetachRolePolicy', { roleName: 'portcullis-x', policyArn: POLICY }, 'role', 'stops'],
  ['iam', 'CreatePolicyVersion', { policyArn: POLICY, setAsDefault: true }, 'managed policy', 'changes'],
  ['iam', 'SetDefaultPolicyVersion', { policyArn: POLICY, versionId: 'v1' }, 'managed policy', 'changes'],
  ['iam', 'DeletePolicyVersion', { policyArn: POLICY, versionId: 'v1' }, 'managed policy', 'changes'],
  ['iam', 'DeletePolicy', { policyArn: POLICY }, 'managed policy', 'stops'],
  ['logs', 'DeleteRetentionPolicy', { logGroupName: '/aws/lambda/portcullis-x' }, 'log group', 'changes'],
  ['logs', 'DisassociateKmsKey', { logGroupName: '/aws/lambda/portcullis-x' }, 'log group', 'changes'],
  ['logs', 'DisassociateKmsKey', { resourceIdentifier: LOG_GROUP }, 'log group', 'changes'],
  ['logs', 'DeleteLogGroup', { logGroupName: '/aws/lambda/portcullis-config-remediator' }, 'log group', 'stops'],
  ['sqs', 'DeleteQueue', { queueUrl: QUEUE }, 'queue', 'stops'],
  ['sqs', 'PurgeQueue', { queueUrl: QUEUE }, 'queue', 'changes'],
  ['sqs', 'SetQueueAttributes', { queueUrl: QUEUE, attributes: {} }, 'queue', 'changes'],
  ['s3', 'DeleteBucket', { bucketName: 'portcullis-trail-111122223333-eu-west-1' }, 'log bucket', 'stops'],
  ['s3', 'DeleteBucketPolicy', { bucketName: 'portcullis-config-111122223333-eu-west-1' }, 'log bucket', 'stops'],
  ['s3', 'PutBucketPolicy', { bucketName: 'portcullis-config-111122223333-eu-west-1' }, 'log bucket', 'changes'],
  ['s3', 'PutBucketLifecycle', { bucketName: 'portcullis-trail-111122223333-eu-west-1' }, 'log bucket', 'changes'],
  ['monitoring', 'DeleteDashboards', { dashboardNames: ['portcullis-eu-west-1'] }, 'dashboard', 'changes'],
  ['monitoring', 'PutDashboard', { dashboardName: 'portcullis-eu-west-1' }, 'dashboard', 'changes'],
  ['monitoring', 'DeleteAlarms', { alarmNames: ['mine', 'portcullis-config-remediator-errors'] }, 'alarm', 'stops'],
  ['monitoring', 'DisableAlarmActions', { alarmNames: ['portcullis-x'] }, 'alarm', 'stops'],
  ['scheduler', 'DeleteSchedule', { groupName: 'portcullis-approvals', name: '1-sg-1' }, 'schedule', 'stops'],
  ['scheduler', 'UpdateSchedule', { groupName: 'portcullis-approvals', name: '1-sg-1' }, 'schedule', 'changes'],
  ['scheduler', 'UpdateSchedule', { groupName: 'portcullis-approvals', state: 'DISABLED' }, 'schedule', 'stops'],
  ['scheduler', 'DeleteScheduleGroup', { name: 'portcullis-approvals' }, 'schedule', 'stops'],
  ['cloudformation', 'DeleteStackInstances', { stackSetName: 'portcullis-members-eu-west-1' }, 'StackSet of the members', 'stops'],
  ['cloudformation', 'UpdateStackSet', { stackSetName: 'portcullis-members-eu-west-1:1-2' }, 'StackSet of the members', 'changes'],
  ['cloudformation', 'DeleteStack', { stackName: 'StackSet-portcullis-members-eu-west-1-1-2' }, 'StackSet of the members', 'stops'],
  ['cloudformation', 'UpdateStack', { stackName: STACK }, 'StackSet of the members', 'changes'],
] as const)(
  'the pattern matches the %s call %s with the request %j, and `parseGuardCall` returns the part %s and the effect %s',
  (service, eventName, requestParameters, part, effect) => {
    const event = call(service, eventName, requestParameters);

    expect(matchesPattern(pattern, event)).toBe(true);
    expect(read(event)).toMatchObject({ eventName, part, effect, outcome: 'succeeded' });
  },
);

it.each([
  ['DisableKey', { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' }, 'stops'],
  ['ScheduleKeyDeletion', { keyId: KEY, pendingWindowInDays: 7 }, 'stops'],
  ['DeleteImportedKeyMaterial', { keyId: KEY }, 'stops'],
  ['PutKeyPolicy', { keyId: KEY, policyName: 'default' }, 'changes'],
  ['RevokeGrant', { keyId: KEY, grantId: 'x' }, 'changes'],
])(
  'the KMS call %s with the request %j affects the key of the deployment: the pattern matches the call, and `parseGuardCall` returns the effect %s',
  (eventName, requestParameters, effect) => {
    const event = callOnKey(eventName, requestParameters, KEY);

    expect(matchesPattern(pattern, event)).toBe(true);
    expect(read(event)).toMatchObject({ eventName, part: 'KMS key', name: KEY, effect });
  },
);

it('for a deployment without KMS key, the pattern matches no call to KMS, and `parseGuardCall` returns undefined for such a call', () => {
  expect(parseGuardCall(callOnKey('DisableKey', {}, KEY), { name: 'portcullis' })).toEqual({ ok: true, value: undefined });
  expect(JSON.stringify(guardCallPattern({ name: 'portcullis' }, { services }))).not.toContain('kms');
});

it.each([
  callOnKey('DisableKey', {}, KEY.replace('1234abcd', '4321dcba')),
  call('config', 'DescribeConfigurationRecorders', {}),
  call('config', 'PutConfigRule', { configRule: { configRuleName: 'somebody-elses' } }),
  call('events', 'DisableRule', { name: 'not-portcullis-calls' }),
  call('events', 'DisableRule', { name: 'portcullis' }),
  call('events', 'DisableRule', null),
  call('lambda', 'UpdateFunctionCode20150331v2', { functionName: 'my-portcullis-fan-page' }),
  call('lambda', 'UpdateFunctionCode20150331v2', { functionName: 'arn:aws:lambda:eu-west-1:111122223333:function:other' }),
  call('lambda', 'CreateFunction20150331', { functionName: 'portcullis-x' }),
  call('iam', 'PutRolePolicy', { roleName: 'admin' }),
  call('iam', 'DeletePolicy', { policyArn: 'arn:aws:iam::111122223333:policy/portcullis' }),
  call('iam', 'DeletePolicy', { policyArn: 'arn:aws:iam::111122223333:policy/team/portcullis-x' }),
  call('config', 'PutRemediationConfigurations', remediations('theirs')),
  call('events', 'PutPermission', { eventBusName: 'default' }),
  call('events', 'PutPermission', { action: 'events:PutEvents' }),
  call('sqs', 'PurgeQueue', { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/shop-portcullis-x' }),
  call('sqs', 'SendMessage', { queueUrl: QUEUE }),
  call('s3', 'DeleteBucket', { bucketName: 'portcullis-states' }),
  call('monitoring', 'DeleteDashboards', { dashboardNames: ['shop'] }),
  call('logs', 'DeleteLogGroup', { logGroupName: 'portcullis-notes' }),
  call('monitoring', 'DeleteAlarms', { alarmNames: ['mine'] }),
  call('scheduler', 'DeleteSchedule', { groupName: 'default', name: 'portcullis-x' }),
  call('scheduler', 'CreateSchedule', { groupName: 'portcullis-approvals', name: '1-sg-1' }),
  call('cloudformation', 'DeleteStack', { stackName: 'shop' }),
])(
  'the pattern does not match a call outside the guard, and `parseGuardCall` returns undefined for the call: $source $detail.eventName $detail.requestParameters',
  (event) => {
    expect(matchesPattern(pattern, event)).toBe(false);
    expect(read(event)).toBeUndefined();
  },
);

it('`guardCallPattern` matches calls on an EventBridge rule only if `ruleNames` contains the rule', () => {
  const watchingOne = guardCallPattern(guard, { services: ['config'], ruleNames: ['portcullis-guard'] });
  const isMatched = (event: object): boolean => matchesPattern(watchingOne, event);

  expect(isMatched(call('events', 'DisableRule', { name: 'portcullis-guard' }))).toBe(true);
  expect(isMatched(call('events', 'DisableRule', { name: 'portcullis-x' }))).toBe(false);
  expect(isMatched(call('config', 'StopConfigurationRecorder', {}))).toBe(true);
});

it('`guardCallPattern` writes no `$or` around a single branch, because EventBridge would read such an `$or` as a field', () => {
  const one = guardCallPattern(guard, { services: ['sqs'] });

  expect(JSON.stringify(one)).not.toContain('$or');
  expect(matchesPattern(one, call('sqs', 'PurgeQueue', { queueUrl: QUEUE }))).toBe(true);
});

it('`anyCallPattern` writes a pattern that matches every call to the services and no call to another service', () => {
  const forwarded = anyCallPattern(['config', 'sqs']);

  expect(matchesPattern(forwarded, call('sqs', 'PurgeQueue', { queueUrl: QUEUE }))).toBe(true);
  expect(matchesPattern(forwarded, call('s3', 'DeleteBucket', {}))).toBe(false);
});

it('`parseGuardCall` reads the caller, time, region and outcome of the call', () => {
  expect(read(call('cloudtrail', 'StopLogging', { name: 'main' }, { errorCode: 'AccessDenied' }))).toMatchObject({
    eventId: '00000000-0000-4000-8000-000000000003',
    eventTime: '2026-01-15T09:30:00Z',
    accountId: '111122223333',
    region: 'eu-west-1',
    name: 'main',
    errorCode: 'AccessDenied',
    outcome: 'refused',
    actor: { issuerArn: 'arn:aws:iam::111122223333:role/people/Operator' },
  });
});

it('`isGuardEvent` returns true for a call to a service that the guard depends on, and false for a call to EC2', () => {
  const event = call('lambda', 'DeleteFunction20150331', {});

  expect([event, event.detail].map(isGuardEvent)).toEqual([true, true]);
  expect([cloudTrailEvent({ eventName: 'CreateTags' }), 7, null].map(isGuardEvent)).toEqual([false, false, false]);
});

it('`parseGuardCall` returns the problems of a record that has no event id and an invalid time', () => {
  expect(parseGuardCall(call('lambda', 'DeleteFunction20150331', {}, { eventID: undefined, eventTime: 'now' }), guard)).toMatchObject({
    ok: false,
    eventId: null,
    eventName: 'DeleteFunction20150331',
    problems: [{ path: 'detail.eventTime' }, { path: 'detail.eventID' }],
  });
});

it.each([undefined, null, 7, [], {}, { 'detail-type': 'x' }, call('iam', 'PutRolePolicy', { roleName: { a: 1 } })])(
  '`parseGuardCall` reads %j without throwing',
  (event) => {
    expect(() => parseGuardCall(event, guard)).not.toThrow();
  },
);

it('`GUARD_SERVICES` lists exactly the services of `GUARD_PARTS`, in the same order', () => {
  expect(services).toEqual([...new Set(GUARD_PARTS.map(({ service }) => service))]);
});
