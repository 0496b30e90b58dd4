import type { RestorationRequest } from '../../runtime/restoration-request.js';
import { baseline, liveRules, SimulatedEc2, compiled } from '@portcullis/security-groups/testing';
import { AT_BASELINE, remediator, WEB } from '../../testing/remediator.js';

const request = (changed: Partial<RestorationRequest> = {}): RestorationRequest => ({
  portcullis: 'restore',
  version: 1,
  group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1' },
  cause: {
    eventId: 'event-1',
    eventName: 'AuthorizeSecurityGroupIngress',
    eventTime: '2026-11-23T10:01:58Z',
    accountId: '111122223333',
    region: 'eu-west-1',
  },
  ...changed,
});

describe('woken by the detector, the remediator', () => {
  it('restores the group at once, and tells AWS Config nothing, which did not ask', async () => {
    const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'));
    const guard = remediator(ec2);

    const { results } = await guard.run(request());

    expect(ec2.state).toEqual(WEB);
    expect(results).toMatchObject([{ groupId: 'sg-1', compliance: 'COMPLIANT', authorized: [] }]);
    expect(guard.config.calls).toEqual([]);
  });

  it('has a finding of its own, which names the call that led to it and is not the finding of the detector', async () => {
    const guard = remediator(new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0')));

    await guard.run(request());

    expect(guard.findings).toMatchObject([
      {
        id: 'event-1/restore:sg-1',
        kind: 'restoration',
        severity: 'critical',
        atBaseline: true,
        group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1', accountId: '111122223333', region: 'eu-west-1' },
        event: { source: 'cloudtrail', id: 'event-1', name: 'AuthorizeSecurityGroupIngress' },
      },
    ]);
    expect(guard.measured.EventAgeSeconds).toBe(2);
  });

  it('tells nothing of a group that somebody else has restored meanwhile', async () => {
    const guard = remediator(new SimulatedEc2(liveRules(...AT_BASELINE)));

    await guard.run(request());
    await guard.run(request());

    expect(guard.findings).toEqual([]);
  });

  it('waits until the request is due, and then restores', async () => {
    const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'));
    const guard = remediator(ec2);

    await guard.run(request({ notBefore: '2026-11-23T10:02:30Z' }));

    expect(guard.waits[0]).toBe(30_000);
    expect(ec2.state).toEqual(WEB);
  });

  it.each([
    ['a day', Infinity, 60_000],
    ['a day', 100_000, 60_000],
    ['a day', 50_000, 20_000],
    ['a day', 25_000, undefined],
    ['the past', Infinity, undefined],
  ])('does not wait for %s with %d ms left: a caller cannot hold the function', async (when, timeLeft, waited) => {
    const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'));
    const guard = remediator(ec2, { timeLeft: () => timeLeft });

    await guard.run(request({ notBefore: when === 'a day' ? '2026-11-24T10:02:00Z' : '2026-11-23T10:01:00Z' }));

    expect(guard.waits.find((milliseconds) => milliseconds >= 10_000)).toBe(waited);
    expect(ec2.state).toEqual(WEB);
  });

  it.each([
    ['report mode', [baseline(['tcp 80 from 0.0.0.0/0'], { mode: 'report' })]],
    ['no baseline', [baseline([], { groups: { ids: ['sg-2'] } })]],
    ['two baselines', [baseline([], { name: 'a' }), baseline([], { name: 'b' })]],
  ])('changes no group in %s: whoever asks, only the baseline says what is done', async (_, declared) => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));

    await remediator(ec2, { declared: compiled(...declared) }).run(request());

    expect(ec2.state).toEqual(['tcp/445 from 0.0.0.0/0']);
  });

  it('reads a group once more that the first read shows at its baseline, since the detector has just seen a drift', async () => {
    const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'));
    const stale = liveRules(...AT_BASELINE);
    let reads = 0;
    ec2.shown = () => (reads++ === 0 ? stale : ec2.rules);

    await remediator(ec2).run(request());

    expect(ec2.state).toEqual(WEB);
  });

  it('is invoked again by Lambda when a retry may mend what went wrong', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    ec2.before = () => 'transient';

    await expect(remediator(ec2).run(request())).rejects.toThrow('RequestLimitExceeded');
  });

  it('names everything that is wrong with a request, and changes nothing', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    const guard = remediator(ec2);

    await guard.run({ portcullis: 'open', version: 2, group: 'sg-1', cause: { eventTime: 'now' }, notBefore: 7 });

    expect(ec2.calls).toEqual([]);
    expect(guard.findings).toMatchObject([
      {
        kind: 'undetermined',
        summary:
          'an event could not be read: `portcullis` is text of 4 characters, expected `restore`; `version` is number, expected 1, the only one that is known; `group.id` is absent, expected the id of a security group; `cause.eventId` is absent, expected the id of the event; `cause.eventTime` is text of 3 characters, expected an ISO 8601 time; `notBefore` is number, expected an ISO 8601 time',
      },
    ]);
  });
});
