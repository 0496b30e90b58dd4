import { baseline, liveRules, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { changeEvent, configEvent, oversizedEvent, scheduledEvent, snapshotEvent } from '../../testing/config-events.js';
import { ec2With, outcomeOf, WEB } from '../../testing/remediator.js';

const drifted = (): SimulatedEc2 => ec2With('tcp 445 from 0.0.0.0/0');

describe('1. Every event from AWS Config leads to exactly one outcome', () => {
  it.each([
    ['the group was changed', changeEvent()],
    ['the group was discovered', changeEvent({ configurationItemStatus: 'ResourceDiscovered' })],
    ['the configuration item is too large for the event', oversizedEvent()],
    ['the configuration item has the oldest version', changeEvent({ configurationItemVersion: '1.0', configuration: '{}' })],
    ['the rule has no parameters', { ...changeEvent(), ruleParameters: undefined }],
    ['the parameters of the rule are empty', { ...changeEvent(), ruleParameters: '' }],
    ['the parameters of the rule are malformed', { ...changeEvent(), ruleParameters: '{"debug":' }],
  ])('the remediator restores the group when %s, and the evaluation has the capture time of the configuration item', async (_, event) => {
    const { state, kept, isVerbose } = await outcomeOf(drifted(), {}, event);

    expect([state, isVerbose()]).toEqual([WEB, false]);
    const group = { resourceType: 'AWS::EC2::SecurityGroup', resourceId: 'sg-1' };
    const orderingTime = new Date('2026-11-23T10:00:00.000Z');
    expect(kept).toMatchObject([{ ...group, compliance: 'COMPLIANT', orderingTime, resultToken: 'token-1' }]);
  });

  it.each([
    ['the group was deleted', changeEvent({ configurationItemStatus: 'ResourceDeleted', configuration: null })],
    ['the group was deleted and is not recorded', changeEvent({ configurationItemStatus: 'ResourceDeletedNotRecorded' })],
    ['the group is not recorded', changeEvent({ configurationItemStatus: 'ResourceNotRecorded' })],
    ['the status of the group is unknown', changeEvent({ configurationItemStatus: 'ResourceFrozen' })],
    ['the group was deleted, and its configuration item was too large', oversizedEvent({ configurationItemStatus: 'ResourceDeleted' })],
    ['the group left the scope of the AWS Config rule', { ...changeEvent(), eventLeftScope: true }],
    ['the resource is not a security group', changeEvent({ resourceType: 'AWS::EC2::Instance' })],
    ['no baseline selects the group', changeEvent({ resourceId: 'sg-9' })],
  ])('the remediator reports NOT_APPLICABLE without calling EC2 when %s', async (_, event) => {
    const { calls, findings, kept } = await outcomeOf(drifted(), {}, event);

    expect([calls, findings, kept.map(({ compliance }) => compliance)]).toEqual([[], [], ['NOT_APPLICABLE']]);
  });

  it.each([
    ['a group was changed in that account', changeEvent({ awsAccountId: '777788889999' })],
    ['the schedule of that account is due', scheduledEvent('777788889999')],
    ['only the event, not the item, names that account', { ...changeEvent({ awsAccountId: null }), accountId: '777788889999' }],
  ])(
    'if an event comes from an account that is not guarded, the remediator drops, counts and logs the event without calling AWS: %s',
    async (_, event) => {
      const isGuarded = (accountId: string | null): boolean => accountId === '111122223333';
      const { results, findings, calls, config, logged, measured } = await outcomeOf(drifted(), { isGuarded }, event);

      expect([results, findings, calls, config.calls, measured]).toEqual([[], [], [], [], { EventsDropped: 1 }]);
      const message = 'dropped an event of an account that this function does not guard';
      const shown = logged.filter(({ level }) => level !== 'debug');
      expect(shown).toMatchObject([{ level: 'info', message, details: { accountId: '777788889999' } }]);
    },
  );

  it.each([snapshotEvent(), configEvent({ messageType: 'ConfigurationSnapshotDeliveryCompleted' })])(
    'the remediator only logs the delivery of a snapshot, because this event requests no evaluation',
    async (event) => {
      const { results, findings, calls, config, logged } = await outcomeOf(drifted(), {}, event);

      expect([results, findings, calls, config.calls]).toEqual([[], [], [], []]);
      expect(logged).toContainEqual(expect.objectContaining({ message: 'AWS Config delivered a snapshot, which requests no evaluation' }));
    },
  );

  const item = 'invokingEvent.configurationItem';
  const noItem = configEvent({ messageType: 'ConfigurationItemChangeNotification', configurationItem: {} });
  const ABSENT =
    `\`${item}.resourceType\` is absent, expected a resource type; \`${item}.resourceId\` is absent, expected a resource id; ` +
    `\`${item}.configurationItemStatus\` is absent, expected a status; \`${item}.configurationItemCaptureTime\` is absent, expected an ISO 8601 time`;
  const NO_JSON =
    '`resultToken` is absent, expected the result token of AWS Config; `invokingEvent` is text of 6 characters, expected JSON text of an object';
  const scheduled = configEvent({ messageType: 'ScheduledNotification' });
  it.each<[string, unknown, string]>([
    ['its message type is unknown', configEvent({ messageType: 'SomethingNew' }), '`invokingEvent.messageType` is text of 12 characters, '],
    // AWS does not document the event of a proactive evaluation. The evaluated group does not exist yet.
    ['it is a proactive evaluation', configEvent({ messageType: 'ResourceEvaluation', evaluationMode: 'PROACTIVE' }), ''],
    ['it has no message type', configEvent({}), '`invokingEvent.messageType` is absent, expected a message type of AWS Config'],
    ['it is a schedule without a time', scheduled, '`invokingEvent.notificationCreationTime` is '],
    ['its content is a list', { ...changeEvent(), invokingEvent: '[]' }, '`invokingEvent` is text of 2 characters, '],
    ['its content is not JSON and its token is absent', { invokingEvent: 'secret' }, NO_JSON],
    ['every field of its item is missing', noItem, ABSENT],
    ['it is null', null, '`event` is null, expected an object'],
    ['it is a number', 7, '`event` is number, expected an object'],
    ['it is text', 'text', '`event` is text of 4 characters, expected an object'],
    ['it is a list', [], '`event` is object, expected an object'],
  ])('the remediator reports an unreadable event, changes nothing, and requests no retry: %s', async (_, event, problems) => {
    const { findings, calls, config, how } = await outcomeOf(drifted(), {}, event);

    const summary = expect.stringContaining(`an event could not be read: ${problems}`) as string;
    expect(findings).toMatchObject([{ kind: 'undetermined', severity: 'high', summary }]);
    expect([calls, config.calls, how]).toEqual([[], [], 'resolved']);
  });

  it('in test mode, the remediator restores the group and asks AWS Config to validate the evaluation without storing it', async () => {
    const { config, kept, logged, state } = await outcomeOf(drifted(), {}, { ...changeEvent(), resultToken: 'TESTMODE' });

    expect([config.calls, kept, logged.filter(({ level }) => level === 'error'), state]).toEqual([[1], [], [], WEB]);
  });

  it.each([
    ['{"debug":"true"}', true],
    ['{"debug":"false"}', false],
    ['{}', false],
    ['null', false],
  ])(
    'the remediator sets the log level to DEBUG for one invocation only if the rule parameter `debug` is `"true"`: %s',
    async (ruleParameters, debug) => {
      expect((await outcomeOf(drifted(), {}, { ...changeEvent(), ruleParameters })).isVerbose()).toBe(debug);
    },
  );
});

describe('1. A scheduled event evaluates every guarded group', () => {
  const IDS = Array.from({ length: 250 }, (_, i) => `sg-${String(i).padStart(8, '0')}`);
  const many = (ids = IDS): SimulatedEc2 => {
    const ec2 = ec2With();
    ec2.delete('sg-1');
    for (const id of ids) ec2.add(id, liveRules('tcp 80 from 0.0.0.0/0'));
    return ec2;
  };
  const declaring = (ids = IDS) => ({ declared: [baseline(['tcp 80 from 0.0.0.0/0'], { groups: { ids } })] });

  it('the remediator reads many groups in one call and sends up to 100 evaluations in one call, and each evaluation has the time of the scheduled event', async () => {
    const { words, config, results, kept } = await outcomeOf(many(), declaring(), scheduledEvent());

    expect([words, config.calls]).toEqual([
      ['list', 'list', 'read', 'read'],
      [100, 100, 50],
    ]);
    expect(results.map(({ groupId }) => groupId)).toEqual(IDS);
    expect(new Set(kept.map(({ orderingTime }) => orderingTime.toISOString()))).toEqual(new Set(['2026-11-23T10:00:00.000Z']));
  });

  it('the remediator restores the groups that drifted when a scheduled event arrives', async () => {
    const ids = IDS.slice(0, 3);
    const ec2 = many(ids);
    ec2.add('sg-00000001', liveRules('tcp 445 from 0.0.0.0/0'));

    const { results } = await outcomeOf(ec2, declaring(ids), scheduledEvent());

    expect(ec2.stateOf('sg-00000001')).toEqual(['tcp/80 from 0.0.0.0/0']);
    expect(results.map(({ annotation }) => annotation)).toEqual([
      'the group is at its baseline web',
      'restored to web: revoked tcp/445 from 0.0.0.0/0; authorized tcp/80 from 0.0.0.0/0',
      'the group is at its baseline web',
    ]);
  });

  const accounts = { own: '111122223333', memberRoleArn: 'arn:aws:iam::{account}:role/member', membersPath: undefined };
  it.each([
    ['NOT_APPLICABLE', {}, [{ groupId: 'sg-1', compliance: 'NOT_APPLICABLE' }]],
    ['nothing, since the group may be in another guarded account,', { accounts }, []],
  ])('the remediator reports %s for a guarded group that EC2 does not list', async (_, settings, expected) => {
    const { results, calls } = await outcomeOf(Object.assign(ec2With(), { exists: false }), { settings }, scheduledEvent());

    expect(results).toMatchObject(expected);
    expect(calls).toEqual(['list']);
  });

  it('the remediator makes no AWS call if no group is guarded', async () => {
    const { results, findings, calls } = await outcomeOf(drifted(), { declared: [] }, scheduledEvent());

    expect([results, findings, calls]).toEqual([[], [], []]);
  });
});
