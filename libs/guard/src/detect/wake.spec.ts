import type { RestorationRequest } from '../runtime/restoration-request.js';
import { baseline, liveRules, permissions, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { AT_BASELINE, detector, ec2With, guarding, web, withoutGroup, type World } from '../testing/detector.js';
import {
  ANYWHERE,
  authorizeTcp,
  deleteGroup,
  GROUP,
  modify,
  OTHER_GROUP,
  record,
  REMEDIATOR,
  revokeById,
  revokeTcp,
  sessionOf,
  tagCall,
} from '../testing/records.js';

const START = Date.parse('2026-11-23T10:00:05.000Z');
const MILD = [...AT_BASELINE, 'tcp 445 from 10.0.0.0/8'];
const SEVERE = [...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'];
const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const terraform = sessionOf(role('ci/terraform'));
const BY_CONFIG = 'the remediator restores the group after AWS Config has recorded the change, usually within minutes';

const opened = (rest: object = {}): unknown => authorizeTcp(445, ANYWHERE, { ...rest });
/** Returns the event of the nth call by an actor who changes the group again and again. */
const event = (n: number, userIdentity: object = terraform): unknown =>
  authorizeTcp(445, '10.0.0.0/8', { eventID: `event-${n}`, userIdentity });

/** Returns a detector with a remediator and with a clock that the test can set. */
const waking = (group: readonly string[] | SimulatedEc2 = SEVERE, world: World = {}) => {
  const requests: RestorationRequest[] = [];
  let seconds = 0;
  const guard = detector('client' in group ? group : ec2With(group), {
    wake: (request) => {
      requests.push(request);
    },
    now: () => new Date(START + seconds * 1000),
    ...world,
  });
  /** Sets the clock to `at` seconds after the start, handles the event, and returns the finding. */
  const after = async (at: number, given: unknown) => {
    seconds = at;
    const [finding] = await guard.run(given);
    return finding;
  };
  return {
    ...guard,
    requests,
    after,
    /**
     * Handles `times` events, `apart` seconds apart. Returns whether each event invoked the remediator, and when each restoration is due,
     * in seconds after the start.
     */
    often: async (times: number, apart: number, made: (n: number) => unknown = event) => {
      const outcomes: (string | undefined)[] = [];
      const due: number[] = [];
      for (let n = 0; n < times; n++) {
        const outcome = (await after(n * apart, made(n)))?.wake?.outcome;
        outcomes.push(outcome);
        const notBefore = requests.at(-1)?.notBefore;
        if (outcome === 'sent') due.push(notBefore === undefined ? n * apart : (Date.parse(notBefore) - START) / 1000);
      }
      return { outcomes, due };
    },
  };
};

it('the request to the remediator names the owner of the group, so that the finding about the restoration also names the owner', async () => {
  const guard = waking(ec2With(SEVERE, { Owner: 'ana', Env: 'prod' }));

  await guard.run(opened());
  expect(guard.requests[0]?.group.tags).toEqual({ Owner: 'ana' });
});

it('the detector invokes the remediator for a drifted group, and says so in the finding', async () => {
  const guard = waking();

  const finding = await guard.after(0, opened());

  const call = { eventId: 'event-1', eventName: 'AuthorizeSecurityGroupIngress', eventTime: '2026-11-23T10:00:00Z' };
  const cause = { ...call, accountId: '111122223333', region: 'eu-west-1' };
  expect(guard.requests).toEqual([{ portcullis: 'restore', version: 1, group: { id: GROUP, name: 'web', vpcId: 'vpc-1' }, cause }]);
  const outlook = 'the remediator has been asked to restore the group now';
  expect(finding).toMatchObject({ kind: 'drift', wake: { outcome: 'sent', otherOwner: null }, outlook });
  expect(guard.measured.WakesSent).toBe(1);
});

const tagged = baseline([], { groups: { ids: [], tags: { Tier: 'web' } } });
const BACK = `web guards the group again after aws ec2 create-tags --region eu-west-1 --resources ${GROUP} --tags '[{"Key":"Tier","Value":"web"}]'`;
const LEFT = `nothing restores the group, because the remediator may change only groups with the tags of a baseline: ${BACK}`;
const REPORT_ONLY = 'Portcullis does not restore the group: the baseline is in report mode';
const APPROVAL = 'the remediator restores the group after an approval, or 30 minutes after the remediator first saw the drift';
const untagged = tagCall('DeleteTags', { Tier: 'web' });
it.each<[string, readonly string[] | SimulatedEc2, unknown, World, string | undefined]>([
  ['a group at its baseline', AT_BASELINE, opened(), {}, undefined],
  ['a refused call', SEVERE, opened({ errorCode: 'Client.UnauthorizedOperation' }), {}, undefined],
  ['a baseline in report mode', SEVERE, opened(), { declared: [{ ...web, mode: 'report' }] }, REPORT_ONLY],
  ['a baseline that waits for an approval', SEVERE, opened(), { declared: [{ ...web, mode: 'approve', approveWithin: 30 }] }, APPROVAL],
  ['a group that is gone', withoutGroup(), deleteGroup, {}, undefined],
  ['a deployment without a remediator', SEVERE, opened(), { settings: { remediatorRoleArn: undefined } }, undefined],
  ['a deployment without the setting `wake`', SEVERE, opened(), { wake: undefined }, BY_CONFIG],
  ["any call by the remediator's own role", SEVERE, opened({ userIdentity: REMEDIATOR }), {}, BY_CONFIG],
  ['a group that left its baseline because its tags changed', SEVERE, untagged, { declared: [tagged] }, LEFT],
])('the detector does not invoke the remediator for %s', async (_, group, given, world, outlook) => {
  const guard = waking(group, world);

  const finding = await guard.after(0, given);

  expect(guard.requests).toEqual([]);
  expect(finding?.wake).toBeUndefined();
  expect(finding?.outlook).toBe(outlook);
});

describe("The remediator's own calls never invoke the remediator", () => {
  const by = (eventID: string) => ({ userIdentity: REMEDIATOR, eventID });
  /** The CloudTrail records of the calls that the remediator makes to restore the group. */
  const restoration = [
    authorizeTcp(443, ANYWHERE, by('r-1')),
    revokeTcp(445, ANYWHERE, by('r-2')),
    revokeById('sgr-9', by('r-3')),
    modify('sgr-9', { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: ANYWHERE }, by('r-4')),
  ];

  it.each<[string, string[]]>([
    ['succeeded', AT_BASELINE],
    ['are only half finished', ['tcp 80 from 0.0.0.0/0', 'tcp 445 from 0.0.0.0/0']],
    ['fail again and again', ['tcp 445 from 0.0.0.0/0']],
    ['find a group without rules', []],
  ])("the detector does not invoke the remediator for the remediator's own calls when these calls %s", async (_, live) => {
    const guard = waking(live);

    for (const given of [...restoration, ...restoration]) await guard.run(given);

    expect(guard.requests).toEqual([]);
  });

  it('a call that opens a group invokes the remediator only once, even if every restoration of the group fails', async () => {
    // Each request makes the remediator send four calls. Each call leads to an event and leaves the group unchanged.
    const queue: unknown[] = [opened()];
    let wakes = 0;
    const guard = detector(ec2With(SEVERE), {
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

describe('The detector invokes the remediator less often if one actor changes a group again and again', () => {
  it('after three requests, the detector sends no more requests, and the finding names the actor', async () => {
    const guard = waking(MILD);

    const { outcomes } = await guard.often(5, 60);
    const finding = await guard.after(330, event(9));

    const otherOwner = role('ci/terraform');
    const outlook = `restored 3 times within 10 minutes, and ${otherOwner} changed the group again: the next restoration follows after AWS Config has recorded the change`;
    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'withheld', 'withheld']);
    expect(finding).toMatchObject({ kind: 'drift', wake: { outcome: 'withheld', otherOwner }, outlook });
    expect(guard.measured).toMatchObject({ WakesSent: 3, WakesWithheld: 3 });
  });

  it.each([
    ['at the same moment', 0],
    ['within a second', 0.005],
    ['within fourteen seconds', 0.07],
  ])('the detector invokes the remediator twice if 200 drift records arrive %s', async (_, apart) => {
    const guard = waking();

    const { outcomes } = await guard.often(200, apart);

    expect(guard.requests.map(({ notBefore }) => notBefore)).toEqual([undefined, '2026-11-23T10:00:20.000Z']);
    expect(outcomes).toEqual(['sent', 'sent', ...Array<string>(198).fill('joined')]);
    expect(guard.measured).toMatchObject({ WakesSent: 2, WakesJoined: 198 });
  });

  it.each([
    [1, 3],
    [3, 3],
    [15, 15],
  ])(
    'the detector invokes the remediator at most three times in any ten minutes if 200 records of mild drift arrive %i s apart',
    async (apart, sent) => {
      const { due } = await waking(MILD).often(200, apart);

      expect(due).toHaveLength(sent);
      for (const start of due) expect(due.filter((at) => at >= start && at < start + 600).length).toBeLessThanOrEqual(3);
    },
  );

  it('the detector invokes the remediator even for the fourth drift if this drift opens a sensitive port to the world', async () => {
    const ec2 = ec2With(MILD);
    const guard = waking(ec2);
    await guard.often(3, 15);
    ec2.rules = liveRules(...SEVERE);

    expect(await guard.after(45, event(45))).toMatchObject({
      severity: 'critical',
      wake: { outcome: 'sent', otherOwner: role('ci/terraform') },
      outlook: 'the remediator has been asked to restore the group within a minute, because the last restoration was moments ago',
    });
    expect(guard.requests.map(({ notBefore }) => notBefore)).toEqual([undefined, undefined, undefined, '2026-11-23T10:01:35.000Z']);
  });

  it.each([
    ['high', 'tcp 8080 from 0.0.0.0/0'],
    ['critical', 'tcp 22 from 0.0.0.0/0'],
  ])(
    'while an actor causes drift of severity %s again and again, the detector invokes the remediator once a minute',
    async (severity, rule) => {
      const guard = waking([...AT_BASELINE, rule]);

      const { outcomes, due } = await guard.often(720, 5);

      expect(new Set(guard.findings.map((finding) => finding.severity))).toEqual(new Set([severity]));
      expect(new Set(outcomes)).toEqual(new Set(['sent', 'joined']));
      expect(due.slice(0, 3)).toEqual([0, 15, 30]);
      const gaps = due.slice(3).map((at, i) => at - (due[i + 2] ?? NaN));
      expect(Math.min(...gaps)).toBe(60);
      expect(due.at(-1)).toBeGreaterThanOrEqual(3_595);
    },
  );

  it.each([
    ['again after ten quiet minutes', 180 + 600, event(9)],
    ['for another actor, even if the first actor has reached the maximum', 240, event(5, sessionOf(role('mallory')))],
  ])('the detector invokes the remediator at once %s', async (_, at, given) => {
    const guard = waking(MILD);
    await guard.often(4, 60);

    const outlook = 'the remediator has been asked to restore the group now';
    expect(await guard.after(at, given)).toMatchObject({ wake: { outcome: 'sent', otherOwner: null }, outlook });
  });

  it('the detector invokes the remediator at once for a second actor, although a deferred request because of the first actor is pending', async () => {
    const guard = waking(SEVERE);
    await guard.often(4, 15);

    expect((await guard.after(50, event(5, sessionOf(role('mallory')))))?.wake).toEqual({ outcome: 'sent', otherOwner: null });
    expect(guard.requests.slice(3).map(({ notBefore }) => notBefore)).toEqual(['2026-11-23T10:01:35.000Z', undefined]);
  });

  it('the detector does not invoke the remediator more often if the actor changes the names of its sessions', async () => {
    const guard = waking(MILD);
    await guard.often(20, 20, (n) => event(n, { ...terraform, arn: `arn:aws:sts::111122223333:assumed-role/terraform/session-${n}` }));

    expect(guard.requests).toHaveLength(3);
  });

  it('the detector invokes the remediator for a group at most every fifteen seconds, even if many actors change the group', async () => {
    const { due } = await waking().often(200, 0.1, (n) => event(n, sessionOf(role(`a${n}`))));

    expect(due).toEqual([0, 15, 30]);
  });

  it('the detector counts the requests for each group separately', async () => {
    const ec2 = ec2With(MILD);
    ec2.add(OTHER_GROUP, liveRules(...MILD));
    const guard = waking(ec2, { declared: [guarding([], { groups: { ids: [GROUP, OTHER_GROUP] } })] });
    await guard.often(5, 60);

    const other = record('AuthorizeSecurityGroupIngress', { groupId: OTHER_GROUP, ipPermissions: {} });
    expect((await guard.after(300, other))?.wake?.outcome).toBe('sent');
  });
});

it('if the request to the remediator fails, the detector emits the finding, and logs and counts the failure', async () => {
  const guard = waking(SEVERE, { wake: () => Promise.reject(new Error('Rate Exceeded.')) });

  const revoke = permissions('tcp 445 from 0.0.0.0/0');
  expect(await guard.after(0, opened())).toMatchObject({ wake: { outcome: 'failed', otherOwner: null }, outlook: BY_CONFIG, revoke });
  const message = 'the request to the remediator failed: Rate Exceeded.';
  expect(guard.logged).toContainEqual({ level: 'error', message, details: { groupId: GROUP } });
  expect(guard.measured.WakesFailed).toBe(1);
});

it('a failed request to the remediator does not count towards the maximum number of requests', async () => {
  let failures = 5;
  const guard = waking(SEVERE, {
    wake: () => {
      if (failures-- > 0) throw new Error('Rate Exceeded.');
    },
  });
  await guard.often(5, 1);

  expect((await guard.after(5, event(6)))?.wake?.outcome).toBe('sent');
});
