import type { Baseline } from '@portcullis/baseline';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import { baseline, liveRules } from '@portcullis/security-groups/testing';
import { detector, ec2With, findingsOf, guarding, isFound, unreadable, withoutGroup, type Case } from '../testing/detector.js';
import { ANYWHERE, authorizeTcp, GROUP, REMEDIATOR, tagCall } from '../testing/records.js';

const START = Date.parse('2026-11-23T10:00:05.000Z');
const AT_BASELINE = ['tcp 443 from 10.0.0.0/8'];
const SSH = 'tcp 22 from 0.0.0.0/0';
const GUARDED = { Tier: 'web', Env: 'prod' };
const tagged = baseline(AT_BASELINE, { name: 'tagged', groups: { ids: [], tags: GUARDED } });
const refused = { errorCode: 'Client.UnauthorizedOperation', responseElements: null };

type Tags = Readonly<Record<string, string>>;
const created = (tags: Tags, rest = {}): unknown => tagCall('CreateTags', tags, ['i-0a0a0a0a0a0a0a0a1', GROUP], rest);
const deleted = (tags: Record<string, string | undefined>, rest = {}): unknown =>
  tagCall('DeleteTags', tags, ['i-0a0a0a0a0a0a0a0a1', GROUP], rest);

/** Each row contains a call that takes the group out of the baseline `tagged`, and the group's tags after the call. */
const DEPARTURES: readonly (readonly [string, unknown, Tags])[] = [
  ['DeleteTags by key and value', deleted({ Tier: 'web' }), { Env: 'prod' }],
  ['DeleteTags by key', deleted({ Tier: undefined }), { Env: 'prod' }],
  ['DeleteTags of all tags', deleted({}), {}],
  ['CreateTags with another value', created({ Env: 'test' }), { Tier: 'web', Env: 'test' }],
];

describe('If new tags take a group out of its baseline, the detector compares the group with this baseline for another hour', () => {
  const TAKEN_OUT = 'DeleteTags took the group out of tagged: the group is no longer guarded';
  const OPEN = [...AT_BASELINE, 'tcp 9 from 10.0.0.1/32'];
  const outlook =
    `nothing restores the group, because the remediator may change only groups with the tags of a baseline: tagged guards the group again after aws ec2 create-tags --region eu-west-1 --resources ${GROUP} ` +
    `--tags '[{"Key":"Tier","Value":"web"},{"Key":"Env","Value":"prod"}]'`;

  it.each(DEPARTURES)(
    'the detector reports an opened group with severity high within an hour after the group left its baseline, and reports nothing later: %s',
    async (_, event, tags) => {
      const ec2 = ec2With(AT_BASELINE, tags);
      let now = START;
      const { run } = detector(ec2, { declared: [tagged], now: () => new Date(now) });
      await run(event);
      now += 3_600_000;
      ec2.rules = liveRules(...OPEN);

      expect(await run(authorizeTcp(9, '10.0.0.1/32'))).toMatchObject([
        { kind: 'drift', severity: 'high', baseline: 'tagged', event: { name: 'AuthorizeSecurityGroupIngress' }, outlook },
      ]);
      now += 1;
      expect(await run(authorizeTcp(9, '10.0.0.1/32'))).toEqual([]);
    },
  );

  const second = { eventID: 'event-2' };
  const removed = [deleted({ Tier: 'web' }), deleted({ Env: 'prod' }, second)];
  const removedByKey = [deleted({ Tier: undefined }), deleted({ Env: undefined }, second)];
  const overwritten = [created({ Tier: 'x' }), created({ Env: 'x' }, second)];
  it.each<[string, unknown[], Tags]>([
    ['removed by key and value', removed, {}],
    ['removed by key', removedByKey, {}],
    ['overwritten', overwritten, { Tier: 'x', Env: 'x' }],
  ])(
    'the severity is high if two calls together take a group out of its baseline, whichever event arrives first: the tags are %s',
    async (_, events, tags) => {
      for (const order of [events, [...events].reverse()]) {
        const { run, findings } = detector(ec2With(OPEN, tags), { declared: [tagged] });
        for (const event of order) await run(event);

        expect(findings).toContainEqual(expect.objectContaining({ kind: 'drift', severity: 'high', baseline: 'tagged', outlook }));
      }
    },
  );

  it.each(['Tier', 'Env'])(
    'the severity is high even if two calls took a group out of its baseline and the detector sees only one: a call removes the tag %s',
    (key) => isFound('', `change, high: ${TAKEN_OUT}`, deleted({ [key]: undefined }), AT_BASELINE, tagged),
  );

  const LEFT = 'the group is no longer guarded';
  const openToWorld = `undetermined, high: if DeleteTags took the group out of tagged, ${LEFT}; the group lets in tcp/22 from 0.0.0.0/0`;
  const fresh = ec2With(['tcp 9 from 10.0.0.1/32'], { Tier: 'app', Env: 'prod' });
  const asDrift = `drift, critical: ${TAKEN_OUT}; SSH open to the internet; tcp/22 from 0.0.0.0/0 must be revoked`;
  const empty = baseline([], { name: 'empty', groups: { ids: [], tags: { Tier: 'closed' } } });
  const byKey = deleted({ Tier: undefined });
  const wouldLeave = deleted({ Tier: 'web' }, refused);
  it.each<Case>([
    ['critical if its rules are a critical drift', asDrift, deleted(GUARDED), [...AT_BASELINE, SSH], tagged],
    [
      'high if it opens SSH, even if nothing shows that the group was in the baseline',
      openToWorld,
      byKey,
      ec2With([SSH], { Env: 'prod' }),
      tagged,
    ],
    [
      'low if nothing shows that the group was in the baseline',
      `undetermined, low: if CreateTags took the group out of tagged, ${LEFT}`,
      created({ Tier: 'app' }),
      fresh,
      tagged,
    ],
    ['low if the baseline declares no rule and the group has rules', 'undetermined, low', byKey, AT_BASELINE, empty],
    ['high if the baseline declares no rule and the group has no rules', 'change, high', byKey, [], empty],
    ['an attempt if EC2 refused the call', 'attempt, low', wouldLeave, ec2With(AT_BASELINE, GUARDED), tagged],
  ])('the detector reports a group that left, or may have left, its baseline as %s', isFound);

  it("after one call proved that the baseline selected a group, the next change of the group's tags has severity high even if the rules prove nothing", async () => {
    const ec2 = ec2With(AT_BASELINE, { Env: 'prod' });
    const { run } = detector(ec2, { declared: [tagged] });
    await run(deleted({ Tier: 'web' }));
    ec2.add(GROUP, liveRules('tcp 9 from 10.0.0.1/32'), { tags: {} });

    expect(await run(deleted({ Env: undefined }, second))).toMatchObject([{ kind: 'drift', severity: 'high', baseline: 'tagged' }]);
  });

  it('the severity is high if a group left its baseline and its rules cannot be read', async () => {
    const ec2 = ec2With(AT_BASELINE, { Env: 'prod' }).fail('read', 'transient');

    expect(await findingsOf(deleted({ Tier: 'web' }), ec2, tagged)).toMatchObject([
      { kind: 'undetermined', severity: 'high', baseline: 'tagged' },
    ]);
  });

  it('if a call adds the tag of the baseline again, the finding no longer says that the group left its baseline', async () => {
    const ec2 = ec2With(AT_BASELINE, { Env: 'prod' });
    const { run } = detector(ec2, { declared: [tagged] });
    await run(deleted({ Tier: 'web' }));
    ec2.add(GROUP, liveRules(...AT_BASELINE), { tags: GUARDED });
    await run(created({ Tier: 'web' }));
    ec2.rules = liveRules('tcp 9 from 10.0.0.1/32');

    expect(await run(authorizeTcp(9, '10.0.0.1/32'))).toMatchObject([
      { kind: 'drift', severity: 'medium', baseline: 'tagged', summary: expect.not.stringContaining('took') as string },
    ]);
  });
});

describe('If new tags move a group to a laxer baseline, the detector compares the group with both baselines', () => {
  const lax = baseline(['tcp 443 from 0.0.0.0/0', 'tcp 8080 from 0.0.0.0/0'], { name: 'lax', groups: { ids: [], tags: { Tier: 'lax' } } });
  const declared = [{ ...tagged, groups: { ids: [], tags: { Tier: 'web' } } }, lax];
  const moved = created({ Tier: 'lax' });
  const moving = (...rules: string[]) => {
    const ec2 = ec2With(rules, { Tier: 'lax' });
    const requests: RestorationRequest[] = [];
    const guard = detector(ec2, {
      declared,
      wake: (request) => {
        requests.push(request);
      },
      now: () => new Date(START + requests.length * 60_000),
    });
    return { ...guard, ec2, requests };
  };

  it('the severity of a move to a laxer baseline is high, and the remediator restores the group to that baseline', async () => {
    const { run, requests } = moving(...AT_BASELINE);

    const summary = 'CreateTags took the group out of tagged: the group is now guarded by lax';
    const back = `tagged guards the group again after aws ec2 create-tags --region eu-west-1 --resources ${GROUP} --tags '[{"Key":"Tier","Value":"web"}]'`;
    const outlook = `as lax declares, the remediator has been asked to restore the group now; ${back}`;
    expect(await run(moved)).toMatchObject([
      { kind: 'change', severity: 'high', baseline: 'tagged', summary, wake: { outcome: 'sent' }, outlook },
    ]);
    expect(requests).toMatchObject([{ group: { id: GROUP } }]);
  });

  it('after a group moved to a laxer baseline, the severity is high if a call adds a rule that only this baseline declares', async () => {
    const { run, ec2 } = moving(...AT_BASELINE);
    await run(moved);
    ec2.rules = liveRules(...AT_BASELINE, 'tcp 8080 from 0.0.0.0/0');

    expect(await run(authorizeTcp(8080, ANYWHERE))).toMatchObject([
      { kind: 'drift', severity: 'high', baseline: 'tagged', event: { name: 'AuthorizeSecurityGroupIngress' } },
    ]);
  });

  it('the detector ignores the stricter baseline if neither the record nor the rules show that this baseline selected the group', async () => {
    const { run, requests } = moving(SSH);

    expect(await run(moved)).toMatchObject([{ kind: 'drift', severity: 'critical', baseline: 'lax' }]);
    expect(requests).toHaveLength(1);
  });

  it('the detector invokes the remediator even after the fourth move to a laxer baseline, because the severity is high', async () => {
    const { run } = moving(...AT_BASELINE);
    const outcomes: (string | undefined)[] = [];
    for (let n = 0; n < 4; n++) outcomes.push((await run(moved))[0]?.wake?.outcome);

    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'sent']);
  });

  it('after a group moved to a laxer baseline, the detector reports a restoration by the remediator with severity info', async () => {
    const { run } = moving(...AT_BASELINE);
    await run(moved);

    expect(await run(authorizeTcp(443, ANYWHERE, { userIdentity: REMEDIATOR }))).toMatchObject([{ severity: 'info', kind: 'restoration' }]);
  });
});

it('the detector compares a group with the baseline that the new tags of the group select', () =>
  isFound('', 'drift, critical', created({ Tier: 'web' }), ec2With([SSH], GUARDED), tagged));

it.each<[string, unknown, Tags, number]>([
  ['another tag', created({ Owner: 'ana' }), { ...GUARDED, Owner: 'ana' }, 0],
  ['the removal of another tag', deleted({ Owner: undefined }), GUARDED, 0],
  ['the removal of a tag from a group that no baseline selected before', deleted({ Tier: 'web' }), { Env: 'test' }, 0],
  ['the removal of a tag by a wrong value, which leaves the tag in place', deleted({ Tier: 'db' }), GUARDED, 1],
  ['the removal of an absent tag by a wrong value', deleted({ Tier: 'db' }), { Env: 'prod' }, 0],
  ['a refused call on another tag', created({ Owner: 'ana' }, refused), GUARDED, 0],
])('the severity is at most info for %s', async (_, event, tags, count) => {
  const findings = await findingsOf(event, ec2With(AT_BASELINE, tags), tagged);

  expect(findings.map(({ severity }) => severity)).toEqual(Array(count).fill('info'));
});

it('the detector reports no change of tags on a group that a baseline selects by id, or on a deleted group', async () => {
  const byTag = { ...tagged, groups: { ids: [], tags: { A: 'b' } } };

  expect(await findingsOf(deleted({}), [SSH], guarding(AT_BASELINE), byTag)).toEqual([]);
  expect(await findingsOf(deleted({}), withoutGroup(), tagged)).toEqual([]);
});

describe('The detector reports the access that a rule opens, even if a tag makes Portcullis ignore the rule', () => {
  const ignoring: Baseline = guarding(AT_BASELINE, { ignore: [{ tag: { key: 'Managed', value: 'elsewhere' } }] });
  const onRule = tagCall('CreateTags', { Managed: 'elsewhere' }, ['sgr-2']);
  const OPEN = [...AT_BASELINE, SSH];

  const hidden = ec2With([]);
  hidden.rules = liveRules(...OPEN).map((rule) => (rule.ruleId === 'sgr-2' ? { ...rule, tags: { Managed: 'elsewhere' } } : rule));
  const leftAlone = 'left alone, although it lets the world reach SSH (tcp/22): tcp/22 from 0.0.0.0/0';
  const lost = 'CreateTags names rules by id, but the lookup of the affected groups failed: UnauthorizedOperation';

  it.each<Case>([
    ['critical if it opens SSH', `change, critical: the group is at its baseline after CreateTags; ${leftAlone}`, onRule, hidden, ignoring],
    ['drift after somebody removes the tag', 'drift, critical', tagCall('DeleteTags', {}, ['sgr-2']), OPEN, ignoring],
    ['undetermined if the lookup of its group fails', `undetermined, high: ${lost}`, onRule, unreadable('denied'), ignoring],
  ])('the detector reports a tagged rule as %s', isFound);

  it('the detector does not look up a tagged rule if no baseline ignores rules by tag', async () => {
    const ec2 = ec2With([SSH]);

    expect(await findingsOf(onRule, ec2)).toEqual([]);
    expect(ec2.calls).toEqual([]);
  });
});
