import { baseline, liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import { changeEvent, configEvent, oversizedEvent, scheduledEvent, snapshotEvent } from '../../testing/config-events.js';
import { remediator, WEB } from '../../testing/remediator.js';

const drifted = (): SimulatedEc2 => new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));

describe('1. Every event of AWS Config gets one answer', () => {
  it.each([
    ['the group was changed', changeEvent()],
    ['the group was discovered', changeEvent({ configurationItemStatus: 'ResourceDiscovered' })],
    ['its item is too large for the event', oversizedEvent()],
    ['its item has the oldest version', changeEvent({ configurationItemVersion: '1.0', configuration: '{}' })],
    ['the rule has no parameters', { ...changeEvent(), ruleParameters: undefined }],
    ['the parameters are empty', { ...changeEvent(), ruleParameters: '' }],
    ['the parameters are malformed', { ...changeEvent(), ruleParameters: '{"debug":' }],
  ])('restores the group of the event when %s, and orders its evaluation by the time of the item', async (_, event) => {
    const ec2 = drifted();
    const { run, config, isVerbose } = remediator(ec2);

    await run(event);

    expect(ec2.state).toEqual(WEB);
    expect(config.kept).toMatchObject([
      {
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceId: 'sg-1',
        compliance: 'COMPLIANT',
        orderingTime: new Date('2026-11-23T10:00:00.000Z'),
        resultToken: 'token-1',
      },
    ]);
    expect(isVerbose()).toBe(false);
  });

  it.each([
    ['the group was deleted', changeEvent({ configurationItemStatus: 'ResourceDeleted', configuration: null })],
    ['the group was deleted and is not recorded', changeEvent({ configurationItemStatus: 'ResourceDeletedNotRecorded' })],
    ['the group is not recorded', changeEvent({ configurationItemStatus: 'ResourceNotRecorded' })],
    ['its status is unknown', changeEvent({ configurationItemStatus: 'ResourceFrozen' })],
    ['the group was deleted, and its item was too large', oversizedEvent({ configurationItemStatus: 'ResourceDeleted' })],
    ['the group left the scope of the rule', { ...changeEvent(), eventLeftScope: true }],
    ['the resource is no security group', changeEvent({ resourceType: 'AWS::EC2::Instance' })],
    ['no baseline selects the group', changeEvent({ resourceId: 'sg-9' })],
  ])('answers NOT_APPLICABLE without a call of EC2 when %s', async (_, event) => {
    const ec2 = drifted();
    const { run, config, findings } = remediator(ec2);

    await run(event);

    expect([ec2.calls, findings]).toEqual([[], []]);
    expect(config.kept.map(({ compliance }) => compliance)).toEqual(['NOT_APPLICABLE']);
  });

  it.each([
    ['a group was changed in that account', changeEvent({ awsAccountId: '777788889999' })],
    ['the schedule of that account is due', scheduledEvent('777788889999')],
    ['only the event, not the item, names that account', { ...changeEvent({ awsAccountId: null }), accountId: '777788889999' }],
  ])('drops an event of an account that is not guarded, counts and logs the event, and does not call AWS: %s', async (_, event) => {
    const ec2 = drifted();
    const isGuarded = (accountId: string | null): boolean => accountId === '111122223333';
    const { run, config, logged, measured } = remediator(ec2, { isGuarded });

    expect(await run(event)).toEqual({ results: [], findings: [] });

    expect([ec2.calls, config.calls]).toEqual([[], []]);
    expect(measured).toEqual({ EventsDropped: 1 });
    expect(logged.filter(({ level }) => level !== 'debug')).toMatchObject([
      {
        level: 'info',
        message: 'dropped an event of an account that is not guarded from here',
        details: { accountId: '777788889999' },
      },
    ]);
  });

  it.each([snapshotEvent(), configEvent({ messageType: 'ConfigurationSnapshotDeliveryCompleted' })])(
    'only logs the delivery of a snapshot, which requests no evaluation',
    async (event) => {
      const ec2 = drifted();
      const { run, config, logged } = remediator(ec2);

      expect(await run(event)).toEqual({ results: [], findings: [] });
      expect([ec2.calls, config.calls]).toEqual([[], []]);
      expect(logged).toContainEqual(expect.objectContaining({ message: 'a snapshot was delivered: no resource is named' }));
    },
  );

  const item = 'invokingEvent.configurationItem';
  it.each<[string, unknown, string]>([
    ['its message type is unknown', configEvent({ messageType: 'SomethingNew' }), '`invokingEvent.messageType` is text of 12 characters, '],
    // The shape of a proactive evaluation is not documented, and it concerns no live group.
    ['it is a proactive evaluation', configEvent({ messageType: 'ResourceEvaluation', evaluationMode: 'PROACTIVE' }), ''],
    ['it has no message type', configEvent({}), '`invokingEvent.messageType` is absent, expected a message type of AWS Config'],
    [
      'it is a schedule without a time',
      configEvent({ messageType: 'ScheduledNotification' }),
      '`invokingEvent.notificationCreationTime` is ',
    ],
    ['its content is a list', { ...changeEvent(), invokingEvent: '[]' }, '`invokingEvent` is text of 2 characters, '],
    [
      'its content is not JSON and its token is absent',
      { invokingEvent: 'secret' },
      '`resultToken` is absent, expected the token to report with; `invokingEvent` is text of 6 characters, expected the text of a JSON object',
    ],
    [
      'every field of its item is missing',
      configEvent({ messageType: 'ConfigurationItemChangeNotification', configurationItem: {} }),
      `\`${item}.resourceType\` is absent, expected a resource type; \`${item}.resourceId\` is absent, expected a resource id; ` +
        `\`${item}.configurationItemStatus\` is absent, expected a status; \`${item}.configurationItemCaptureTime\` is absent, expected an ISO 8601 time`,
    ],
    ['it is null', null, '`event` is null, expected an object'],
    ['it is a number', 7, '`event` is number, expected an object'],
    ['it is text', 'text', '`event` is text of 4 characters, expected an object'],
    ['it is a list', [], '`event` is object, expected an object'],
  ])('reports an unreadable event, changes nothing, and is not retried: %s', async (_, event, problems) => {
    const ec2 = drifted();
    const { run, config } = remediator(ec2);

    const { findings } = await run(event);

    expect(findings).toMatchObject([{ kind: 'undetermined', severity: 'high' }]);
    expect(findings[0]?.summary).toContain(`an event could not be read: ${problems}`);
    expect([ec2.calls, config.calls]).toEqual([[], []]);
  });

  it('restores the group in test mode, too, and asks AWS Config to check the evaluation without storing it', async () => {
    const ec2 = drifted();
    const { run, config, logged } = remediator(ec2);

    await run({ ...changeEvent(), resultToken: 'TESTMODE' });

    expect([config.calls, config.kept]).toEqual([[1], []]);
    expect(logged.filter(({ level }) => level === 'error')).toEqual([]);
    expect(ec2.state).toEqual(WEB);
  });

  it.each([
    ['{"debug":"true"}', true],
    ['{"debug":"false"}', false],
    ['{}', false],
    ['null', false],
  ])('raises the log level for one invocation only if the rule parameter debug is true: %s', async (ruleParameters, debug) => {
    const { run, isVerbose } = remediator(drifted());

    await run({ ...changeEvent(), ruleParameters });

    expect(isVerbose()).toBe(debug);
  });
});

describe('1. A schedule evaluates every guarded group', () => {
  const IDS = Array.from({ length: 250 }, (_, i) => `sg-${String(i).padStart(8, '0')}`);
  const many = (ids = IDS): SimulatedEc2 => {
    const ec2 = new SimulatedEc2([]);
    ec2.delete('sg-1');
    for (const id of ids) ec2.add(id, liveRules('tcp 80 from 0.0.0.0/0'));
    return ec2;
  };
  const declaring = (ids = IDS) => ({ declared: [baseline(['tcp 80 from 0.0.0.0/0'], { groups: { ids } })] });

  it('reads many groups in one call, and sends at most a hundred evaluations in one call, ordered by the time of the schedule', async () => {
    const ec2 = many();
    const { run, config } = remediator(ec2, declaring());

    const { results } = await run(scheduledEvent());

    expect(ec2.words).toEqual(['list', 'list', 'read', 'read']);
    expect(config.calls).toEqual([100, 100, 50]);
    expect(results.map(({ groupId }) => groupId)).toEqual(IDS);
    expect(new Set(config.kept.map(({ orderingTime }) => orderingTime.toISOString()))).toEqual(new Set(['2026-11-23T10:00:00.000Z']));
  });

  it('restores the groups that drifted on a schedule', async () => {
    const ids = IDS.slice(0, 3);
    const ec2 = many(ids);
    ec2.add('sg-00000001', liveRules('tcp 445 from 0.0.0.0/0'));

    const { results } = await remediator(ec2, declaring(ids)).run(scheduledEvent());

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
    ['nothing if several accounts are guarded, since the group is in another account', { accounts }, []],
  ])('answers %s for a declared group that does not exist', async (_, settings, expected) => {
    const ec2 = Object.assign(new SimulatedEc2([]), { exists: false });

    expect((await remediator(ec2, { settings }).run(scheduledEvent())).results).toMatchObject(expected);
    expect(ec2.calls).toEqual(['list']);
  });

  it('makes no call if no group is guarded', async () => {
    const ec2 = drifted();

    expect(await remediator(ec2, { declared: [] }).run(scheduledEvent())).toEqual({ results: [], findings: [] });
    expect(ec2.calls).toEqual([]);
  });
});
