import { baseline, liveRules, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import type { RestorationRequest } from '../../runtime/restoration-request.js';
import { AT_BASELINE, ec2With, outcomeOf, remediator, WEB } from '../../testing/remediator.js';

const CALL = { eventId: 'event-1', eventName: 'AuthorizeSecurityGroupIngress' };
const request = (changed: Partial<RestorationRequest> = {}): RestorationRequest => ({
  portcullis: 'restore',
  version: 1,
  group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1' },
  cause: { ...CALL, eventTime: '2026-11-23T10:01:58Z', accountId: '111122223333', region: 'eu-west-1' },
  ...changed,
});
const drifted = (): SimulatedEc2 => ec2With(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0');

describe('8. A request from the detector restores a group at once', () => {
  it('a request restores the group, and sends no evaluation to AWS Config', async () => {
    const { state, results, config } = await outcomeOf(drifted(), {}, request());

    expect([state, config.calls]).toEqual([WEB, []]);
    expect(results).toMatchObject([{ groupId: 'sg-1', compliance: 'COMPLIANT', authorized: [] }]);
  });

  it('the finding about a request has its own id and names the call that caused the request', async () => {
    const { findings, measured } = await outcomeOf(drifted(), {}, request());

    const judged = { id: 'event-1/restore:sg-1', kind: 'restoration', severity: 'critical', atBaseline: true };
    const group = { id: 'sg-1', name: 'web', vpcId: 'vpc-1', accountId: '111122223333', region: 'eu-west-1' };
    const event = { source: 'cloudtrail', id: 'event-1', name: 'AuthorizeSecurityGroupIngress' };
    expect(findings).toMatchObject([{ ...judged, group, event }]);
    expect(measured.EventAgeSeconds).toBe(2);
  });

  it('the finding names the owner of the group, from the tags in the request', async () => {
    const group = { id: 'sg-1', name: 'web', vpcId: 'vpc-1', tags: { Owner: 'ana', Env: 'prod' } };

    expect((await outcomeOf(drifted(), {}, request({ group }))).findings[0]?.group.tags).toEqual({ Owner: 'ana' });
  });

  it('a request leads to no finding if somebody else has restored the group meanwhile', async () => {
    expect((await outcomeOf(ec2With(...AT_BASELINE), {}, request())).findings).toEqual([]);
  });

  it('if the first read after a request shows no drift, the remediator reads the group again, because the detector has just seen a drift', async () => {
    expect((await outcomeOf(drifted().lag(1, liveRules(...AT_BASELINE)), {}, request())).state).toEqual(WEB);
  });

  it('the handler fails if a retry of the request may help, so that Lambda retries the request', async () => {
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
  '8. The remediator waits for the requested time, but at most a minute, and leaves time for the restoration: %s (%s), with %d ms left, the wait is %s ms',
  async (_, notBefore, timeLeft, waited) => {
    const { waits, state } = await outcomeOf(drifted(), { timeLeft: () => timeLeft }, request({ notBefore }));

    expect([waits.find((milliseconds) => milliseconds >= 10_000), state]).toEqual([waited, WEB]);
  },
);

it.each([
  ['in report mode', [baseline(['tcp 80 from 0.0.0.0/0'], { mode: 'report' })]],
  ['that no baseline selects', [baseline([], { groups: { ids: ['sg-2'] } })]],
  ['that two baselines select', [baseline([], { name: 'a' }), baseline([], { name: 'b' })]],
])('8. A request does not change a group %s', async (_, declared) => {
  const { state } = await outcomeOf(drifted(), { declared }, request());

  expect(state).toEqual(['tcp/443 from 0.0.0.0/0', 'tcp/445 from 0.0.0.0/0', 'tcp/80 from 0.0.0.0/0']);
});

it('8. The remediator reports all problems of an invalid request, and changes nothing', async () => {
  const invalid = { portcullis: 'open', version: 2, group: 'sg-1', cause: { eventTime: 'now' }, notBefore: 7 };

  const { calls, findings } = await outcomeOf(drifted(), {}, invalid);

  expect(calls).toEqual([]);
  const problems = [
    '`portcullis` is text of 4 characters, expected `restore`',
    '`version` is number, expected 1, the only known version',
    '`group.id` is absent, expected the id of a security group',
    '`cause.eventId` is absent, expected the id of the event',
    '`cause.eventTime` is text of 3 characters, expected an ISO 8601 time',
    '`notBefore` is number, expected an ISO 8601 time',
  ];
  expect(findings).toMatchObject([{ kind: 'undetermined', summary: `an event could not be read: ${problems.join('; ')}` }]);
});
