import { parseEvent, type RemediatorInvocation } from './event.js';
import { changeEvent, configEvent, configurationItem } from '../testing/config-events.js';

const parsed = (event: unknown): RemediatorInvocation => {
  const read = parseEvent(event);
  if (!read.ok) throw new Error(read.problems.map(({ path }) => path).join());
  return read.value;
};

const problems = (event: unknown): string[] => {
  const read = parseEvent(event);
  if (read.ok) throw new Error('the event was readable');
  return read.problems.map(({ path, text, expected }) => `${path} is ${text}, expected ${expected}`);
};

const TIME = new Date('2026-11-23T10:00:00.000Z');

describe('a change of a live security group', () => {
  it('names the group and when it was captured', () => {
    expect(parsed(changeEvent())).toEqual({
      trigger: { kind: 'group', group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1' }, saw: [], time: TIME },
      source: 'config',
      eventId: '1795000000000',
      messageType: 'ConfigurationItemChangeNotification',
      ruleName: 'portcullis',
      accountId: '111122223333',
      region: 'eu-west-1',
      resultToken: 'token-1',
      testMode: false,
      debug: false,
      notBefore: null,
    });
  });

  it('may be too large to hold the item', () => {
    const configurationItemSummary = { ...configurationItem(), configuration: undefined, relationships: undefined };
    const event = configEvent({
      messageType: 'OversizedConfigurationItemChangeNotification',
      configurationItemSummary,
    });

    expect(parsed(event).trigger).toEqual({
      kind: 'group',
      group: { id: 'sg-1', name: 'web', vpcId: null },
      saw: null,
      time: TIME,
    });
  });

  it('may be its discovery', () => {
    expect(parsed(changeEvent({ configurationItemStatus: 'ResourceDiscovered' })).trigger.kind).toBe('group');
  });
});

describe('what is not a live security group in scope is not applicable', () => {
  it.each([
    ['a deleted group, whose configuration is null', changeEvent({ configurationItemStatus: 'ResourceDeleted', configuration: null })],
    ['a deleted group that was not recorded', changeEvent({ configurationItemStatus: 'ResourceDeletedNotRecorded' })],
    ['a group that is not recorded', changeEvent({ configurationItemStatus: 'ResourceNotRecorded' })],
    ['a status of the future', changeEvent({ configurationItemStatus: 'ResourceFrozen' })],
    ['another resource', changeEvent({ resourceType: 'AWS::EC2::Instance' })],
    ['a group that left the scope', { ...changeEvent(), eventLeftScope: true }],
  ])('%s', (_name, event) => {
    expect(parsed(event).trigger).toMatchObject({ kind: 'not-applicable', resourceId: 'sg-1', time: TIME });
  });
});

describe('a schedule', () => {
  it('carries the time AWS Config set it off', () => {
    const event = configEvent({
      messageType: 'ScheduledNotification',
      awsAccountId: '111122223333',
      notificationCreationTime: TIME.toISOString(),
    });

    expect(parsed(event)).toMatchObject({ trigger: { kind: 'schedule', time: TIME }, accountId: '111122223333' });
  });
});

it('a delivered snapshot asks for nothing', () => {
  expect(parsed(configEvent({ messageType: 'ConfigurationSnapshotDeliveryCompleted' })).trigger.kind).toBe('nothing');
});

describe('the rule parameter debug', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['{}', false],
    ['{"debug":"true"}', true],
    ['{"debug":"false"}', false],
    ['{"debug":', false], // malformed: no reason to stop guarding
    ['null', false],
  ])('of %j is %s', (ruleParameters, debug) => {
    expect(parsed({ ...changeEvent(), ruleParameters }).debug).toBe(debug);
  });
});

it('the token of testers asks AWS Config to store nothing', () => {
  expect(parsed({ ...changeEvent(), resultToken: 'TESTMODE' }).testMode).toBe(true);
});

describe('an event that cannot be read', () => {
  it('is told with every problem at once, and no part of it is repeated', () => {
    expect(problems({ invokingEvent: 'secret' })).toEqual([
      'resultToken is absent, expected the token to report with',
      'invokingEvent is text of 6 characters, expected the text of a JSON object',
    ]);
  });

  it('names every field of the item that is missing', () => {
    expect(problems(configEvent({ messageType: 'ConfigurationItemChangeNotification', configurationItem: {} }))).toEqual([
      'invokingEvent.configurationItem.resourceType is absent, expected a resource type',
      'invokingEvent.configurationItem.resourceId is absent, expected a resource id',
      'invokingEvent.configurationItem.configurationItemStatus is absent, expected a status',
      'invokingEvent.configurationItem.configurationItemCaptureTime is null, expected an ISO 8601 time',
    ]);
  });

  it.each<[string, unknown]>([
    ['absent', undefined],
    ['null', null],
    ['a number', 7],
    ['text', 'text'],
    ['a list', []],
    ['of an unknown message type', configEvent({ messageType: 'SomethingNew' })],
    ['without a message type', configEvent({})],
    ['a schedule without a time', configEvent({ messageType: 'ScheduledNotification' })],
    ['a list in the place of the item', { ...changeEvent(), invokingEvent: '[]' }],
  ])('may be %s', (_name, event) => {
    expect(parseEvent(event)).toMatchObject({ ok: false, problems: [expect.anything()] });
  });
});
