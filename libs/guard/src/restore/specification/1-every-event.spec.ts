import { baseline, liveRules, SimulatedEc2, compiled } from '@portcullis/security-groups/testing';
import { changeEvent, configEvent, oversizedEvent, scheduledEvent, snapshotEvent } from '../../testing/config-events.js';
import { remediator, WEB } from '../../testing/remediator.js';

const SCHEDULE = {
  notificationCreationTime: '2026-11-23T10:00:00.000Z',
  messageType: 'ScheduledNotification',
  recordVersion: '1.0',
};

const drifted = (): SimulatedEc2 => new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));

describe('1. An event from AWS Config', () => {
  describe('restores the group it names when', () => {
    it.each([
      ['the group was changed', changeEvent()],
      ['the group was discovered', changeEvent({ configurationItemStatus: 'ResourceDiscovered' })],
      ['the item is too large to be sent along', oversizedEvent()],
      ['the item is of the oldest version', changeEvent({ configurationItemVersion: '1.0', configuration: '{}' })],
      ['the rule has no parameters', { ...changeEvent(), ruleParameters: undefined }],
      ['the parameters are empty', { ...changeEvent(), ruleParameters: '' }],
      ['the parameters are malformed', { ...changeEvent(), ruleParameters: '{"debug":' }],
    ])('%s', async (_, event) => {
      const ec2 = drifted();
      const { run, config } = remediator(ec2);

      await run(event);

      expect(ec2.state).toEqual(WEB);
      expect(config.kept).toMatchObject([
        {
          resourceType: 'AWS::EC2::SecurityGroup',
          resourceId: 'sg-1',
          compliance: 'COMPLIANT',
          // When the item was captured, and never now: AWS Config orders evaluations by it.
          orderingTime: new Date('2026-11-23T10:00:00.000Z'),
          resultToken: 'token-1',
        },
      ]);
    });
  });

  describe('is answered NOT_APPLICABLE without a call to EC2 when', () => {
    it.each([
      ['the group was deleted', changeEvent({ configurationItemStatus: 'ResourceDeleted', configuration: null })],
      ['it was deleted and is not recorded', changeEvent({ configurationItemStatus: 'ResourceDeletedNotRecorded' })],
      ['it is not recorded', changeEvent({ configurationItemStatus: 'ResourceNotRecorded' })],
      ['its status is one we do not know', changeEvent({ configurationItemStatus: 'ResourceFrozen' })],
      ['it was deleted, and its item was too large', oversizedEvent({ configurationItemStatus: 'ResourceDeleted' })],
      ['it left the scope of the rule', { ...changeEvent(), eventLeftScope: true }],
      ['it is no security group', changeEvent({ resourceType: 'AWS::EC2::Instance' })],
      ['no baseline selects it', changeEvent({ resourceId: 'sg-9' })],
    ])('%s', async (_, event) => {
      const ec2 = drifted();
      const { run, config, findings } = remediator(ec2);

      await run(event);

      expect(ec2.calls).toEqual([]);
      expect(config.kept.map(({ compliance }) => compliance)).toEqual(['NOT_APPLICABLE']);
      expect(findings).toEqual([]);
    });
  });

  describe('of an account that is not guarded is logged, counted and dropped before any call of AWS when', () => {
    it.each([
      ['a group was changed there', changeEvent({ awsAccountId: '777788889999' })],
      ['its schedule is due', configEvent({ ...SCHEDULE, awsAccountId: '777788889999' })],
      ['the event says so only outside of the item', { ...changeEvent({ awsAccountId: null }), accountId: '777788889999' }],
    ])('%s', async (_, event) => {
      const ec2 = drifted();
      const isGuarded = (accountId: string | null): boolean => accountId === '111122223333';
      const { run, config, findings, logged, measured } = remediator(ec2, { isGuarded });

      expect(await run(event)).toEqual({ results: [], findings: [] });

      expect([ec2.calls, config.kept, findings]).toEqual([[], [], []]);
      expect(measured).toEqual({ EventsDropped: 1 });
      expect(logged.filter(({ level }) => level !== 'debug')).toMatchObject([
        {
          level: 'info',
          message: 'dropped an event of an account that is not guarded from here',
          details: { accountId: '777788889999' },
        },
      ]);
    });
  });

  describe('of a schedule', () => {
    const many = (count: number): [SimulatedEc2, string[]] => {
      const ec2 = new SimulatedEc2([]);
      const ids = Array.from({ length: count }, (_, i) => `sg-${String(i).padStart(8, '0')}`);
      ec2.delete('sg-1');
      for (const id of ids) ec2.add(id, liveRules('tcp 80 from 0.0.0.0/0'));
      return [ec2, ids];
    };
    const declaring = (ids: readonly string[]) => compiled(baseline(['tcp 80 from 0.0.0.0/0'], { groups: { ids } }));

    it('evaluates every guarded group, at most a hundred in a call', async () => {
      const [ec2, ids] = many(250);
      const { run, config } = remediator(ec2, { declared: declaring(ids) });

      const { results } = await run(scheduledEvent());

      expect(config.calls).toEqual([100, 100, 50]);
      expect(results.map(({ groupId }) => groupId)).toEqual(ids);
      // The time of the schedule.
      expect(new Set(config.kept.map(({ orderingTime }) => orderingTime.toISOString()))).toEqual(new Set(['2026-11-23T10:00:00.000Z']));
    });

    it('reads many groups in one call', async () => {
      const [ec2, ids] = many(250);

      await remediator(ec2, { declared: declaring(ids) }).run(scheduledEvent());

      expect(ec2.calls.map((call) => call.split(' ')[0])).toEqual(['list', 'list', 'read', 'read']);
    });

    it('restores the groups that drifted', async () => {
      const [ec2, ids] = many(3);
      ec2.add('sg-00000001', liveRules('tcp 445 from 0.0.0.0/0'));

      const { results } = await remediator(ec2, { declared: declaring(ids) }).run(scheduledEvent());

      expect(ec2.stateOf('sg-00000001')).toEqual(['tcp/80 from 0.0.0.0/0']);
      expect(results.map(({ annotation }) => annotation)).toEqual([
        'the group is at its baseline web',
        'restored to web: revoked tcp/445 from 0.0.0.0/0; authorized tcp/80 from 0.0.0.0/0',
        'the group is at its baseline web',
      ]);
    });

    it('answers NOT_APPLICABLE for a declared group that does not exist, and makes none', async () => {
      const ec2 = new SimulatedEc2([]);
      ec2.exists = false;

      const { results } = await remediator(ec2).run(scheduledEvent());

      expect(results).toMatchObject([{ groupId: 'sg-1', compliance: 'NOT_APPLICABLE' }]);
      expect(ec2.calls).toEqual(['list']);
    });

    it('says nothing of it where several accounts are guarded: it is in another', async () => {
      const ec2 = new SimulatedEc2([]);
      ec2.exists = false;
      const memberRoleArn = 'arn:aws:iam::{account}:role/member';
      const accounts = { own: '111122223333', memberRoleArn, membersPath: undefined };

      expect((await remediator(ec2, { settings: { accounts } }).run(scheduledEvent())).results).toEqual([]);
    });

    it('evaluates nothing where nothing is guarded', async () => {
      const ec2 = drifted();

      expect(await remediator(ec2, { declared: compiled() }).run(scheduledEvent())).toEqual({
        results: [],
        findings: [],
      });
      expect(ec2.calls).toEqual([]);
    });
  });

  describe('that asks for nothing', () => {
    it('since a snapshot was delivered is logged', async () => {
      const ec2 = drifted();
      const { run, config, logged } = remediator(ec2);

      expect(await run(snapshotEvent())).toEqual({ results: [], findings: [] });
      expect([ec2.calls, config.calls]).toEqual([[], []]);
      expect(logged).toContainEqual(expect.objectContaining({ message: 'a snapshot was delivered: no resource is named' }));
    });
  });

  describe('that cannot be read', () => {
    it.each<[string, unknown]>([
      ['since it is of an unknown message type', configEvent({ messageType: 'SomethingNew' })],
      // The shape of a proactive evaluation is not documented; there is no live group in it.
      ['since it is a proactive evaluation', configEvent({ messageType: 'ResourceEvaluation', evaluationMode: 'PROACTIVE' })],
      ['since its content is no JSON', { ...changeEvent(), invokingEvent: '{' }],
      ['since it is nothing', null],
    ])('%s is a finding, and neither a crash nor a change nor a retry', async (_, event) => {
      const ec2 = drifted();
      const { run, config } = remediator(ec2);

      const { findings } = await run(event);

      expect(findings).toMatchObject([{ kind: 'undetermined', severity: 'high' }]);
      expect([ec2.calls, config.calls]).toEqual([[], []]);
    });
  });

  it('from a tester asks AWS Config to check the evaluation and to store nothing, and restores all the same', async () => {
    const ec2 = drifted();
    const { run, config } = remediator(ec2);

    await run({ ...changeEvent(), resultToken: 'TESTMODE' });

    expect([config.calls, config.kept]).toEqual([[1], []]);
    expect(ec2.state).toEqual(WEB);
  });

  it('with the rule parameter debug raises the log level of that invocation', async () => {
    const { run, isVerbose } = remediator(drifted());

    await run({ ...changeEvent(), ruleParameters: '{"debug":"true"}' });

    expect(isVerbose()).toBe(true);
  });
});
