import { guardCallPattern, isGuardEvent, parseGuardCall, ruleCallPattern, type GuardCall } from './guard-calls.js';
import { cloudTrailEvent, type CloudTrailEvent } from './testing/cloudtrail-event.js';
import { matchesPattern } from './testing/matches-pattern.js';

const RULES = ['portcullis-security-group-calls', 'portcullis-x'];
const pattern = guardCallPattern('portcullis', RULES);

const call = (
  service: string,
  eventName: string,
  requestParameters: unknown,
  rest: Readonly<Record<string, unknown>> = {},
): CloudTrailEvent => ({
  ...cloudTrailEvent({ eventName, eventSource: `${service}.amazonaws.com`, requestParameters, ...rest }),
  source: `aws.${service}`,
});

const read = (event: unknown): GuardCall | undefined => {
  const parsed = parseGuardCall(event, 'portcullis');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
};

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:portcullis-config-remediator';

describe('a call that takes the guard away or changes it is delivered and read', () => {
  it.each([
    [
      'config',
      'StopConfigurationRecorder',
      { configurationRecorderName: 'default' },
      'configuration recorder',
      'stops',
    ],
    ['config', 'DeleteConfigurationRecorder', { configurationRecorderName: 'x' }, 'configuration recorder', 'stops'],
    ['config', 'PutConfigurationRecorder', { configurationRecorder: {} }, 'configuration recorder', 'changes'],
    ['config', 'DeleteDeliveryChannel', { deliveryChannelName: 'default' }, 'configuration recorder', 'stops'],
    ['cloudtrail', 'StopLogging', { name: 'any-trail' }, 'trail', 'stops'],
    ['cloudtrail', 'DeleteTrail', { name: 'any-trail' }, 'trail', 'stops'],
    ['cloudtrail', 'UpdateTrail', { name: 'any-trail' }, 'trail', 'changes'],
    ['cloudtrail', 'PutEventSelectors', { trailName: 'any-trail' }, 'trail', 'changes'],
    ['config', 'DeleteConfigRule', { configRuleName: 'portcullis-security-groups' }, 'AWS Config rule', 'stops'],
    ['config', 'PutConfigRule', { configRule: { configRuleName: 'portcullis-x' } }, 'AWS Config rule', 'changes'],
    [
      'config',
      'DeleteOrganizationConfigRule',
      { organizationConfigRuleName: 'portcullis-x' },
      'AWS Config rule',
      'stops',
    ],
    ['events', 'DisableRule', { name: 'portcullis-security-group-calls' }, 'EventBridge rule', 'stops'],
    ['events', 'DeleteRule', { name: 'portcullis-security-group-calls' }, 'EventBridge rule', 'stops'],
    [
      'events',
      'RemoveTargets',
      { rule: 'portcullis-security-group-calls', ids: ['guard'] },
      'EventBridge rule',
      'stops',
    ],
    ['events', 'PutRule', { name: 'portcullis-x', eventPattern: '{}' }, 'EventBridge rule', 'changes'],
    ['events', 'PutRule', { name: 'portcullis-x', state: 'DISABLED' }, 'EventBridge rule', 'stops'],
    ['lambda', 'DeleteFunction20150331', { functionName: 'portcullis-config-remediator' }, 'function', 'stops'],
    ['lambda', 'UpdateFunctionCode20150331v2', { functionName: FUNCTION }, 'function', 'changes'],
    ['lambda', 'UpdateFunctionConfiguration20150331v2', { functionName: FUNCTION }, 'function', 'changes'],
    ['lambda', 'UpdateFunctionCode20150331v2', { functionName: '111122223333:portcullis-x' }, 'function', 'changes'],
    [
      'lambda',
      'PutFunctionConcurrency20171031',
      { functionName: FUNCTION, reservedConcurrentExecutions: 0 },
      'function',
      'stops',
    ],
    [
      'lambda',
      'PutFunctionConcurrency20171031',
      { functionName: FUNCTION, reservedConcurrentExecutions: 5 },
      'function',
      'changes',
    ],
    ['lambda', 'RemovePermission20150331v2', { functionName: FUNCTION, statementId: 'x' }, 'function', 'stops'],
    ['iam', 'PutRolePolicy', { roleName: 'portcullis-config-remediator-eu-west-1' }, 'role', 'changes'],
    ['iam', 'DeleteRolePolicy', { roleName: 'portcullis-config-remediator-eu-west-1' }, 'role', 'stops'],
    ['logs', 'DeleteLogGroup', { logGroupName: '/aws/lambda/portcullis-config-remediator' }, 'log group', 'stops'],
    ['monitoring', 'DeleteAlarms', { alarmNames: ['mine', 'portcullis-config-remediator-errors'] }, 'alarm', 'stops'],
    ['monitoring', 'DisableAlarmActions', { alarmNames: ['portcullis-x'] }, 'alarm', 'stops'],
  ])('%s %s %j', (service, eventName, requestParameters, part, effect) => {
    const event = call(service, eventName, requestParameters);

    expect(matchesPattern(pattern, event)).toBe(true);
    expect(read(event)).toMatchObject({ eventName, part, effect, outcome: 'succeeded' });
  });
});

describe('a call that is about nothing of the guard is neither delivered nor read', () => {
  it.each([
    ['config', 'DescribeConfigurationRecorders', {}],
    ['config', 'PutConfigRule', { configRule: { configRuleName: 'somebody-elses' } }],
    ['events', 'DisableRule', { name: 'not-portcullis-calls' }],
    ['events', 'DisableRule', { name: 'portcullis' }],
    ['lambda', 'UpdateFunctionCode20150331v2', { functionName: 'my-portcullis-fan-page' }],
    [
      'lambda',
      'UpdateFunctionCode20150331v2',
      { functionName: 'arn:aws:lambda:eu-west-1:111122223333:function:other' },
    ],
    ['lambda', 'CreateFunction20150331', { functionName: 'portcullis-x' }],
    ['iam', 'PutRolePolicy', { roleName: 'admin' }],
    ['logs', 'DeleteLogGroup', { logGroupName: 'portcullis-notes' }],
    ['monitoring', 'DeleteAlarms', { alarmNames: ['mine'] }],
    ['events', 'DisableRule', null],
  ])('%s %s %j', (service, eventName, requestParameters) => {
    const event = call(service, eventName, requestParameters);

    expect(matchesPattern(pattern, event)).toBe(false);
    expect(read(event)).toBeUndefined();
  });
});

it('calls on rules can be delivered by another rule than that which is called on', () => {
  const disabled = (name: string) => call('events', 'DisableRule', { name });
  const stopped = call('config', 'StopConfigurationRecorder', {});

  expect(
    [disabled('portcullis-guard'), disabled('other'), stopped].map((event) =>
      matchesPattern(ruleCallPattern(['portcullis-guard']), event),
    ),
  ).toEqual([true, false, false]);
  expect(matchesPattern(pattern, disabled('portcullis-guard'))).toBe(false);
});

it('reads who, when, where and with what outcome', () => {
  const event = call('cloudtrail', 'StopLogging', { name: 'main' }, { errorCode: 'AccessDenied' });

  expect(read(event)).toMatchObject({
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

it('is told from a call of EC2 by its source, in an envelope and bare', () => {
  const event = call('lambda', 'DeleteFunction20150331', {});

  expect([event, event.detail, cloudTrailEvent({ eventName: 'CreateTags' }), 7, null].map(isGuardEvent)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

it('says what is wrong with a record that does not tell which call it is', () => {
  const parsed = parseGuardCall(
    call('lambda', 'DeleteFunction20150331', {}, { eventID: undefined, eventTime: 'now' }),
    'p',
  );

  expect(parsed).toMatchObject({
    ok: false,
    eventId: null,
    eventName: 'DeleteFunction20150331',
    problems: [{ path: 'detail.eventTime' }, { path: 'detail.eventID' }],
  });
});

it.each([undefined, null, 7, [], {}, { 'detail-type': 'x' }, call('iam', 'PutRolePolicy', { roleName: { a: 1 } })])(
  'throws for nothing: %j',
  (event) => {
    expect(() => parseGuardCall(event, 'portcullis')).not.toThrow();
  },
);

it('the pattern is no longer than EventBridge accepts, whatever the deployment is called', () => {
  expect(
    JSON.stringify(
      guardCallPattern('n'.repeat(28), [
        `${'n'.repeat(28)}-security-group-calls`,
        `${'n'.repeat(28)}-guard-calls-watch`,
      ]),
    ).length,
  ).toBeLessThanOrEqual(4096);
});
