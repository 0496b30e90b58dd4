import { baseline, liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { RestorationRequest } from '../../runtime/restoration-request.js';
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
const drifted = (): SimulatedEc2 => new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'));

describe('8. A request by the detector restores a group at once', () => {
  it('a request restores the group, and reports nothing to AWS Config, which did not ask', async () => {
    const ec2 = drifted();
    const { run, config } = remediator(ec2);

    const { results } = await run(request());

    expect(ec2.state).toEqual(WEB);
    expect(results).toMatchObject([{ groupId: 'sg-1', compliance: 'COMPLIANT', authorized: [] }]);
    expect(config.calls).toEqual([]);
  });

  it('a request leads to a finding that names the call behind the request and has its own id', async () => {
    const { run, findings, measured } = remediator(drifted());

    await run(request());

    expect(findings).toMatchObject([
      {
        id: 'event-1/restore:sg-1',
        kind: 'restoration',
        severity: 'critical',
        atBaseline: true,
        group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1', accountId: '111122223333', region: 'eu-west-1' },
        event: { source: 'cloudtrail', id: 'event-1', name: 'AuthorizeSecurityGroupIngress' },
      },
    ]);
    expect(measured.EventAgeSeconds).toBe(2);
  });

  it('a request leads to no finding if somebody else has restored the group meanwhile', async () => {
    const { run, findings } = remediator(new SimulatedEc2(liveRules(...AT_BASELINE)));

    await run(request());

    expect(findings).toEqual([]);
  });

  it('a request reads the group again if the first read shows it at its baseline, since the detector has just seen a drift', async () => {
    const ec2 = drifted().lag(1, liveRules(...AT_BASELINE));

    await remediator(ec2).run(request());

    expect(ec2.state).toEqual(WEB);
  });

  it('a request is retried when that may help', async () => {
    await expect(remediator(drifted().fail('', 'transient')).run(request())).rejects.toThrow('RequestLimitExceeded');
  });
});

it.each([
  ['30 seconds ahead', '2026-11-23T10:02:30Z', Infinity, 30_000],
  ['a day ahead', '2026-11-24T10:02:00Z', Infinity, 60_000],
  ['a day ahead', '2026-11-24T10:02:00Z', 100_000, 60_000],
  ['a day ahead', '2026-11-24T10:02:00Z', 50_000, 20_000],
  ['a day ahead', '2026-11-24T10:02:00Z', 25_000, undefined],
  ['in the past', '2026-11-23T10:01:00Z', Infinity, undefined],
])(
  '8. A request for a time %s (%s) with %d ms left waits a minute at most and leaves time to restore: %s',
  async (_, notBefore, timeLeft, waited) => {
    const ec2 = drifted();
    const guard = remediator(ec2, { timeLeft: () => timeLeft });

    await guard.run(request({ notBefore }));

    expect(guard.waits.find((milliseconds) => milliseconds >= 10_000)).toBe(waited);
    expect(ec2.state).toEqual(WEB);
  },
);

it.each([
  ['in report mode', [baseline(['tcp 80 from 0.0.0.0/0'], { mode: 'report' })]],
  ['that no baseline selects', [baseline([], { groups: { ids: ['sg-2'] } })]],
  ['that two baselines select', [baseline([], { name: 'a' }), baseline([], { name: 'b' })]],
])('8. A request changes no group %s', async (_, declared) => {
  const ec2 = drifted();

  await remediator(ec2, { declared }).run(request());

  expect(ec2.state).toEqual(['tcp/443 from 0.0.0.0/0', 'tcp/445 from 0.0.0.0/0', 'tcp/80 from 0.0.0.0/0']);
});

it('8. An invalid request is reported with all of its problems, and changes nothing', async () => {
  const ec2 = drifted();

  const { findings } = await remediator(ec2).run({
    portcullis: 'open',
    version: 2,
    group: 'sg-1',
    cause: { eventTime: 'now' },
    notBefore: 7,
  });

  expect(ec2.calls).toEqual([]);
  expect(findings).toMatchObject([
    {
      kind: 'undetermined',
      summary:
        'an event could not be read: `portcullis` is text of 4 characters, expected `restore`; `version` is number, expected 1, the only one that is known; `group.id` is absent, expected the id of a security group; `cause.eventId` is absent, expected the id of the event; `cause.eventTime` is text of 3 characters, expected an ISO 8601 time; `notBefore` is number, expected an ISO 8601 time',
    },
  ]);
});
