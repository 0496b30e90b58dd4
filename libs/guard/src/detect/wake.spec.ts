import type { RestorationRequest } from '../runtime/restoration-request.js';
import { baseline, liveRules, permissions, type SimulatedEc2, compiled } from '@portcullis/security-groups/testing';
import { AT_BASELINE, detector, ec2With, web, type World } from '../testing/detector.js';
import { authorizeTcp, GROUP, record, REMEDIATOR, revokeTcp } from '../testing/records.js';

const START = Date.parse('2026-11-23T10:00:05.000Z');
const opened = (eventID: string, rest: Record<string, unknown> = {}) => authorizeTcp(445, '0.0.0.0/0', { eventID, ...rest });

/** The detector that wakes, with a clock to be set. */
const waking = (ec2: SimulatedEc2 = ec2With(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0')), world: World = {}) => {
  const requests: RestorationRequest[] = [];
  let seconds = 0;
  const guard = detector(ec2, {
    wake: (request) => {
      requests.push(request);
    },
    now: () => new Date(START + seconds * 1000),
    ...world,
  });
  return {
    ...guard,
    requests,
    /** What came of an event that many seconds after the start. */
    after: async (at: number, event: unknown) => {
      seconds = at;
      const [finding] = await guard.run(event);
      return finding;
    },
  };
};

it('a drift wakes the remediator for that group, and the finding says so', async () => {
  const guard = waking();

  const finding = await guard.after(0, opened('event-1'));

  expect(guard.requests).toEqual([
    {
      portcullis: 'restore',
      version: 1,
      group: { id: GROUP, name: 'web', vpcId: 'vpc-1' },
      cause: {
        eventId: 'event-1',
        eventName: 'AuthorizeSecurityGroupIngress',
        eventTime: '2026-11-23T10:00:00Z',
        accountId: '111122223333',
        region: 'eu-west-1',
      },
    },
  ]);
  expect(finding).toMatchObject({
    kind: 'drift',
    wake: { outcome: 'sent', otherOwner: null },
    outlook: 'the remediator has been asked to restore it now',
  });
  expect(guard.measured.WakesSent).toBe(1);
});

describe('nobody is woken', () => {
  it.each<[string, SimulatedEc2, unknown, World, string | undefined]>([
    ['by a group at its baseline', ec2With(liveRules(...AT_BASELINE)), opened('e'), {}, undefined],
    [
      'by a call that was refused',
      ec2With(liveRules('tcp 445 from 0.0.0.0/0')),
      opened('e', { errorCode: 'Client.UnauthorizedOperation' }),
      {},
      undefined,
    ],
    [
      'for a baseline in report mode',
      ec2With(liveRules('tcp 445 from 0.0.0.0/0')),
      opened('e'),
      { declared: compiled({ ...web, mode: 'report' }) },
      'Portcullis does not restore it: the baseline is in report mode',
    ],
    [
      'for a group that is gone',
      Object.assign(ec2With([]), { exists: false }),
      record('DeleteSecurityGroup', { groupId: GROUP }),
      {},
      undefined,
    ],
    [
      'where there is no remediator',
      ec2With(liveRules('tcp 445 from 0.0.0.0/0')),
      opened('e'),
      { settings: { remediatorRoleArn: undefined } },
      undefined,
    ],
    [
      'where the settings do not ask for it',
      ec2With(liveRules('tcp 445 from 0.0.0.0/0')),
      opened('e'),
      { wake: undefined },
      'the remediator restores it after AWS Config has recorded the change, usually within minutes',
    ],
    [
      "by the remediator's own role, whatever it does",
      ec2With(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0')),
      opened('e', { userIdentity: REMEDIATOR }),
      {},
      'the remediator restores it after AWS Config has recorded the change, usually within minutes',
    ],
  ])('%s', async (_, ec2, event, world, outlook) => {
    const guard = waking(ec2, world);

    const finding = await guard.after(0, event);

    expect(guard.requests).toEqual([]);
    expect(finding?.wake).toBeUndefined();
    expect(finding?.outlook).toBe(outlook);
  });

  it('by a group that its tags have taken out of its baseline', async () => {
    const ec2 = ec2With(liveRules('tcp 445 from 0.0.0.0/0'));
    const declared = compiled(baseline([], { groups: { ids: [], tags: { Tier: 'web' } } }));
    const event = record('DeleteTags', {
      resourcesSet: { items: [{ resourceId: GROUP }] },
      tagSet: { items: [{ key: 'Tier', value: 'web' }] },
    });
    const guard = waking(ec2, { declared });

    expect(await guard.after(0, event)).toMatchObject({
      kind: 'drift',
      outlook: expect.stringContaining('nothing restores it by itself') as string,
    });
    expect(guard.requests).toEqual([]);
  });
});

describe('it cannot recurse', () => {
  /** What the remediator does about a drift, as CloudTrail records it: each of its calls. */
  const restoration = [
    authorizeTcp(443, '0.0.0.0/0', { userIdentity: REMEDIATOR, eventID: 'r-1' }),
    revokeTcp(445, '0.0.0.0/0', { userIdentity: REMEDIATOR, eventID: 'r-2' }),
    record(
      'RevokeSecurityGroupIngress',
      { groupId: GROUP, securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-9' }] } },
      { userIdentity: REMEDIATOR, eventID: 'r-3' },
    ),
    record(
      'ModifySecurityGroupRules',
      {
        ModifySecurityGroupRulesRequest: {
          GroupId: GROUP,
          SecurityGroupRule: {
            tag: 1,
            SecurityGroupRuleId: 'sgr-9',
            SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '0.0.0.0/0' },
          },
        },
      },
      { userIdentity: REMEDIATOR, eventID: 'r-4' },
    ),
  ];

  it.each<[string, string[]]>([
    ['it has worked', AT_BASELINE],
    ['it is half done', ['tcp 80 from 0.0.0.0/0', 'tcp 445 from 0.0.0.0/0']],
    ['it has failed, again and again', ['tcp 445 from 0.0.0.0/0']],
    ['the group has been emptied', []],
  ])("the remediator's own calls wake nobody when %s", async (_, live) => {
    const guard = waking(ec2With(liveRules(...live)));

    for (const event of [...restoration, ...restoration]) await guard.run(event);

    expect(guard.requests).toEqual([]);
  });

  it('so there are no more wakes than calls of others, however long the remediator keeps failing', async () => {
    // Every wake leads to four calls of the remediator, each of which is an event, and none of which mends anything.
    const ec2 = ec2With(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'));
    const queue: unknown[] = [opened('event-1')];
    let wakes = 0;
    const guard = detector(ec2, {
      wake: () => {
        wakes += 1;
        queue.push(...restoration);
      },
    });

    let events = 0;
    for (; queue.length > 0 && events < 1_000; events += 1) await guard.run(queue.shift());

    expect([wakes, events]).toEqual([1, 5]);
  });
});

describe('a group that is changed back again and again', () => {
  const actor = (name: string) => ({
    type: 'AssumedRole',
    sessionContext: { sessionIssuer: { arn: `arn:aws:iam::111122223333:role/${name}` } },
  });
  const other = actor('ci/terraform');
  const event = (n: number, userIdentity: object = other) => authorizeTcp(445, '10.0.0.0/8', { eventID: `event-${n}`, userIdentity });
  const MILD = [...AT_BASELINE, 'tcp 445 from 10.0.0.0/8'];
  const SEVERE = [...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'];
  /** How long after the start each wake is due, in seconds. */
  const dueOf = (requests: readonly RestorationRequest[], sentAt: readonly number[]): number[] =>
    requests.map(({ notBefore }, i) => (notBefore === undefined ? (sentAt[i] ?? NaN) : (Date.parse(notBefore) - START) / 1000));

  it('is restored at once three times, and then left to the pace of AWS Config: the finding names the other owner', async () => {
    const guard = waking(ec2With(liveRules(...MILD)));
    const outcomes: (string | undefined)[] = [];
    for (let n = 0; n < 5; n++) outcomes.push((await guard.after(n * 60, event(n)))?.wake?.outcome);
    const finding = await guard.after(330, event(9));

    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'withheld', 'withheld']);
    expect(guard.requests).toHaveLength(3);
    expect(finding).toMatchObject({
      kind: 'drift',
      wake: { outcome: 'withheld', otherOwner: 'arn:aws:iam::111122223333:role/ci/terraform' },
      outlook:
        'restored 3 times within 10 minutes and changed again by arn:aws:iam::111122223333:role/ci/terraform: it is left to the pace of AWS Config',
    });
    expect(guard.measured).toMatchObject({ WakesSent: 3, WakesWithheld: 3 });
  });

  it.each([
    ['at one moment', 0],
    ['within a second', 0.005],
    ['within fourteen seconds', 0.07],
  ])('wakes the remediator twice for 200 drift records %s', async (_, apart) => {
    const guard = waking();
    const outcomes: (string | undefined)[] = [];
    for (let n = 0; n < 200; n++) outcomes.push((await guard.after(n * apart, event(n)))?.wake?.outcome);

    expect(guard.requests.map(({ notBefore }) => notBefore)).toEqual([undefined, '2026-11-23T10:00:20.000Z']);
    expect(outcomes.slice(0, 3)).toEqual(['sent', 'sent', 'joined']);
    expect(new Set(outcomes.slice(2))).toEqual(new Set(['joined']));
    expect(guard.measured).toMatchObject({ WakesSent: 2, WakesJoined: 198 });
  });

  it.each([
    [1, 3],
    [3, 3],
    [15, 15],
  ])('wakes it at most three times in any ten minutes for 200 mild drift records %i s apart', async (apart, sent) => {
    const guard = waking(ec2With(liveRules(...MILD)));
    const sentAt: number[] = [];
    for (let n = 0; n < 200; n++) if ((await guard.after(n * apart, event(n)))?.wake?.outcome === 'sent') sentAt.push(n * apart);
    const due = dueOf(guard.requests, sentAt);

    expect(due).toHaveLength(sent);
    for (const start of due) expect(due.filter((at) => at >= start && at < start + 600).length).toBeLessThanOrEqual(3);
  });

  it('is restored after the fourth drift, too, when that opens a sensitive port to the world', async () => {
    const ec2 = ec2With(liveRules(...MILD));
    const guard = waking(ec2);
    for (const seconds of [0, 15, 30]) await guard.after(seconds, event(seconds));
    ec2.rules = liveRules(...SEVERE);

    const finding = await guard.after(45, event(45));

    expect(finding).toMatchObject({
      severity: 'critical',
      wake: { outcome: 'sent', otherOwner: 'arn:aws:iam::111122223333:role/ci/terraform' },
      outlook: 'the remediator has been asked to restore it within a minute: it was restored moments ago',
    });
    expect(guard.requests).toHaveLength(4);
    expect(guard.requests[3]?.notBefore).toBe('2026-11-23T10:01:35.000Z');
  });

  it.each([
    ['high', 'tcp 8080 from 0.0.0.0/0'],
    ['critical', 'tcp 22 from 0.0.0.0/0'],
  ])('is restored at most once a minute for as long as the drift is %s', async (severity, rule) => {
    const guard = waking(ec2With(liveRules(...AT_BASELINE, rule)));
    const sentAt: number[] = [];
    const outcomes = new Set<string | undefined>();
    for (let second = 0; second < 3_600; second += 5) {
      const finding = await guard.after(second, event(second));
      expect(finding?.severity).toBe(severity);
      outcomes.add(finding?.wake?.outcome);
      if (finding?.wake?.outcome === 'sent') sentAt.push(second);
    }
    const due = dueOf(guard.requests, sentAt);

    expect(outcomes).toEqual(new Set(['sent', 'joined']));
    expect(due.slice(0, 3)).toEqual([0, 15, 30]);
    const gaps = due.slice(3).map((at, i) => at - (due[i + 2] ?? NaN));
    expect(Math.min(...gaps)).toBe(60);
    // The last change is restored, too: never later than a minute after it.
    expect(due.at(-1)).toBeGreaterThanOrEqual(3_595);
  });

  it('is restored at once again when it has been quiet for ten minutes', async () => {
    const guard = waking(ec2With(liveRules(...MILD)));
    for (let n = 0; n < 4; n++) await guard.after(n * 60, event(n));

    expect((await guard.after(180 + 600, event(9)))?.wake?.outcome).toBe('sent');
  });

  it('is restored at once after the change of somebody else, whatever one actor has used up', async () => {
    const guard = waking(ec2With(liveRules(...MILD)));
    for (let n = 0; n < 5; n++) await guard.after(n * 60, event(n));

    expect(await guard.after(300, event(5, actor('mallory')))).toMatchObject({
      wake: { outcome: 'sent', otherOwner: null },
      outlook: 'the remediator has been asked to restore it now',
    });
  });

  it('is restored after the change of somebody else before the restoration that one actor has put off is due', async () => {
    const guard = waking(ec2With(liveRules(...SEVERE)));
    for (let n = 0; n < 4; n++) await guard.after(n * 15, event(n));

    expect((await guard.after(50, event(5, actor('mallory'))))?.wake).toEqual({ outcome: 'sent', otherOwner: null });
    expect(guard.requests.slice(3).map(({ notBefore }) => notBefore)).toEqual(['2026-11-23T10:01:35.000Z', undefined]);
  });

  it('is not restored more often since the actor calls its sessions by other names', async () => {
    const guard = waking(ec2With(liveRules(...MILD)));
    const session = (n: number) => ({ ...other, arn: `arn:aws:sts::111122223333:assumed-role/terraform/session-${n}` });
    for (let n = 0; n < 20; n++) await guard.after(n * 20, event(n, session(n)));

    expect(guard.requests).toHaveLength(3);
  });

  it('is not restored more often than every fifteen seconds, however many actors change it', async () => {
    const guard = waking();
    for (let n = 0; n < 200; n++) await guard.after(n / 10, event(n, actor(`a${n}`)));

    expect(guard.requests.map(({ notBefore }) => notBefore)).toEqual([undefined, '2026-11-23T10:00:20.000Z', '2026-11-23T10:00:35.000Z']);
  });

  it('is no reason to leave another group alone', async () => {
    const ec2 = ec2With(liveRules('tcp 445 from 10.0.0.0/8'));
    ec2.add('sg-0b0b0b0b0b0b0b0b2', liveRules('tcp 445 from 10.0.0.0/8'));
    const declared = compiled(baseline([], { groups: { ids: [GROUP, 'sg-0b0b0b0b0b0b0b0b2'] } }));
    const guard = waking(ec2, { declared });
    for (let n = 0; n < 5; n++) await guard.after(n * 60, event(n));
    const request = { groupId: 'sg-0b0b0b0b0b0b0b0b2', ipPermissions: {} };

    expect((await guard.after(300, record('AuthorizeSecurityGroupIngress', request)))?.wake?.outcome).toBe('sent');
  });
});

it('a remediator that cannot be woken is told, and the finding is emitted all the same', async () => {
  const guard = waking(undefined, {
    wake: () => Promise.reject(new Error('Rate Exceeded.')),
  });

  expect(await guard.after(0, opened('event-1'))).toMatchObject({
    wake: { outcome: 'failed', otherOwner: null },
    outlook: 'the remediator restores it after AWS Config has recorded the change, usually within minutes',
    revoke: permissions('tcp 445 from 0.0.0.0/0'),
  });
  expect(guard.logged).toContainEqual({ level: 'error', message: 'the remediator could not be woken: Rate Exceeded.' });
  expect(guard.measured.WakesFailed).toBe(1);
});

it('a remediator that could not be woken is woken by the next record, which does not rely on a wake that was not sent', async () => {
  let failures = 5;
  const sent: RestorationRequest[] = [];
  const guard = waking(undefined, {
    wake: (request) => {
      if (failures-- > 0) throw new Error('Rate Exceeded.');
      sent.push(request);
    },
  });
  for (let n = 0; n < 5; n++) await guard.after(n, opened(`event-${n}`));

  expect((await guard.after(5, opened('event-6')))?.wake?.outcome).toBe('sent');
  expect(sent).toMatchObject([{ cause: { eventId: 'event-6' } }]);
});
