import type { RestorationRequest } from '../runtime/restoration-request.js';
import { baseline, liveRules, permissions, compiled } from '@portcullis/security-groups/testing';
import { detector, ec2With } from '../testing/detector.js';
import { authorizeTcp, GROUP, record, REMEDIATOR } from '../testing/records.js';

const START = Date.parse('2026-11-23T10:00:05.000Z');

const tagged = baseline(['tcp 443 from 10.0.0.0/8'], {
  name: 'tagged',
  groups: { ids: [], tags: { Tier: 'web', Env: 'prod' } },
});
const AT_BASELINE = ['tcp 443 from 10.0.0.0/8'];
const GUARDED = { Tier: 'web', Env: 'prod' };

/** A laxer baseline, which the same tag selects. */
const lax = baseline(['tcp 443 from 0.0.0.0/0', 'tcp 8080 from 0.0.0.0/0'], {
  name: 'lax',
  groups: { ids: [], tags: { Tier: 'lax' } },
});
const LEFT =
  `nothing restores it by itself, since the remediator may change only groups with the tags of a baseline: tagged guards it again after aws ec2 create-tags --region eu-west-1 --resources ${GROUP} ` +
  `--tags '[{"Key":"Tier","Value":"web"},{"Key":"Env","Value":"prod"}]'`;

type Tags = Record<string, string>;
const call = (name: 'CreateTags' | 'DeleteTags', tags: Record<string, string | undefined>, rest = {}) =>
  record(
    name,
    {
      resourcesSet: { items: [{ resourceId: 'i-0a0a0a0a0a0a0a0a1' }, { resourceId: GROUP }] },
      tagSet:
        Object.keys(tags).length === 0
          ? {}
          : { items: Object.entries(tags).map(([key, value]) => (value === undefined ? { key } : { key, value })) },
    },
    rest,
  );

/** What is told of a call after which the group has those tags. */
const told = async (event: unknown, tags: Tags, live = AT_BASELINE, declared = compiled(tagged)) => {
  const ec2 = ec2With([]);
  ec2.add(GROUP, liveRules(...live), { tags });
  return detector(ec2, { declared }).run(event);
};

describe('a group that leaves its baseline by its tags', () => {
  it.each<[string, unknown, Tags]>([
    ['one of which is taken off', call('DeleteTags', { Tier: 'web' }), { Env: 'prod' }],
    ['of which all are taken off', call('DeleteTags', {}), {}],
    ['one of which is written over', call('CreateTags', { Env: 'test' }), { Tier: 'web', Env: 'test' }],
    ['of which one is taken off whatever its value', call('DeleteTags', { Tier: undefined }), { Env: 'prod' }],
  ])('%s is told, though its rules are as declared', async (_, event, tags) => {
    expect(await told(event, tags)).toMatchObject([
      {
        kind: 'change',
        severity: 'high',
        atBaseline: true,
        baseline: 'tagged',
        summary: expect.stringMatching(/^\w+Tags took the group out of tagged: it is no longer guarded$/) as string,
        outlook: LEFT,
      },
    ]);
  });

  it('is told with what is wrong with its rules, where the record tells that it was guarded', async () => {
    const findings = await told(call('DeleteTags', GUARDED), {}, [...AT_BASELINE, 'tcp 22 from 0.0.0.0/0']);

    expect(findings).toMatchObject([
      {
        kind: 'drift',
        severity: 'critical',
        summary: 'DeleteTags took the group out of tagged: it is no longer guarded; tcp/22 from 0.0.0.0/0 must be revoked',
      },
    ]);
  });

  it.each<[string, unknown, Tags]>([
    ['DeleteTags by key and value', call('DeleteTags', { Tier: 'web' }), { Env: 'prod' }],
    ['DeleteTags by key', call('DeleteTags', { Tier: undefined }), { Env: 'prod' }],
    ['DeleteTags of all tags', call('DeleteTags', {}), {}],
    ['CreateTags with another value', call('CreateTags', { Env: 'test' }), { Tier: 'web', Env: 'test' }],
  ])('is high at least by %s when it has been opened before that is looked at, however little', async (_, event, tags) => {
    const findings = await told(event, tags, [...AT_BASELINE, 'tcp 9 from 10.0.0.1/32']);

    expect(findings).toMatchObject([
      {
        kind: 'drift',
        severity: 'high',
        baseline: 'tagged',
        summary: expect.stringMatching(
          /^\w+Tags took the group out of tagged: it is no longer guarded; tcp\/9 from 10.0.0.1\/32 must be revoked$/,
        ) as string,
        revoke: permissions('tcp 9 from 10.0.0.1/32'),
        outlook: LEFT,
      },
    ]);
  });

  it.each<[string, unknown, Tags]>([
    ['DeleteTags by key', call('DeleteTags', { Tier: undefined }), { Env: 'prod' }],
    ['DeleteTags of all tags', call('DeleteTags', {}), {}],
    ['CreateTags with another value', call('CreateTags', { Env: 'test' }), { Tier: 'web', Env: 'test' }],
  ])('is high at least by %s when it is opened after that, for as long as an hour', async (_, event, tags) => {
    const ec2 = ec2With([]);
    ec2.add(GROUP, liveRules(...AT_BASELINE), { tags });
    let now = START;
    const guard = detector(ec2, { declared: compiled(tagged), now: () => new Date(now) });
    const left = await guard.run(event);
    now += 3_600_000;
    ec2.rules = liveRules(...AT_BASELINE, 'tcp 9 from 10.0.0.1/32');
    const opened = await guard.run(authorizeTcp(9, '10.0.0.1/32'));
    now += 1;

    expect(left).toMatchObject([{ kind: 'change', severity: 'high' }]);
    expect(opened).toMatchObject([
      {
        kind: 'drift',
        severity: 'high',
        baseline: 'tagged',
        event: { name: 'AuthorizeSecurityGroupIngress' },
        outlook: LEFT,
      },
    ]);
    expect(await guard.run(authorizeTcp(9, '10.0.0.1/32'))).toEqual([]);
  });

  it.each<[string, unknown, unknown, Tags]>([
    ['taken off by key and value', call('DeleteTags', { Tier: 'web' }), call('DeleteTags', { Env: 'prod' }, { eventID: 'event-2' }), {}],
    ['taken off by key', call('DeleteTags', { Tier: undefined }), call('DeleteTags', { Env: undefined }, { eventID: 'event-2' }), {}],
    ['written over', call('CreateTags', { Tier: 'x' }), call('CreateTags', { Env: 'x' }, { eventID: 'event-2' }), { Tier: 'x', Env: 'x' }],
  ])('is high when its tags are %s in two calls before either is looked at', async (_, first, second, tags) => {
    for (const events of [
      [first, second],
      [second, first],
    ]) {
      const ec2 = ec2With([]);
      ec2.add(GROUP, liveRules(...AT_BASELINE, 'tcp 9 from 10.0.0.1/32'), { tags });
      const guard = detector(ec2, { declared: compiled(tagged) });
      for (const event of events) await guard.run(event);

      expect(guard.findings).toContainEqual(
        expect.objectContaining({ kind: 'drift', severity: 'high', baseline: 'tagged', outlook: LEFT }),
      );
    }
  });

  it('is high when another instance judges the other of two calls that took off its tags', async () => {
    for (const event of [call('DeleteTags', { Tier: undefined }), call('DeleteTags', { Env: undefined })])
      expect(await told(event, {})).toMatchObject([{ kind: 'change', severity: 'high', baseline: 'tagged' }]);
  });

  it('is told quietly if the baseline declares nothing: a group with rules does not show that it was in it', async () => {
    const empty = compiled(baseline([], { name: 'empty', groups: { ids: [], tags: { Tier: 'closed' } } }));

    expect(await told(call('DeleteTags', { Tier: undefined }), {}, AT_BASELINE, empty)).toMatchObject([
      { kind: 'undetermined', severity: 'low' },
    ]);
    expect(await told(call('DeleteTags', { Tier: undefined }), {}, [], empty)).toMatchObject([
      { kind: 'change', severity: 'high', baseline: 'empty' },
    ]);
  });

  it('is not judged by the baseline that it left when it has come back', async () => {
    const ec2 = ec2With([]);
    ec2.add(GROUP, liveRules(...AT_BASELINE), { tags: { Env: 'prod' } });
    const guard = detector(ec2, { declared: compiled(tagged) });
    await guard.run(call('DeleteTags', { Tier: 'web' }));
    ec2.add(GROUP, liveRules(...AT_BASELINE), { tags: GUARDED });
    await guard.run(call('CreateTags', { Tier: 'web' }));
    ec2.add(GROUP, liveRules('tcp 9 from 10.0.0.1/32'), { tags: GUARDED });

    expect(await guard.run(authorizeTcp(9, '10.0.0.1/32'))).toMatchObject([
      { kind: 'drift', severity: 'medium', baseline: 'tagged', summary: expect.not.stringContaining('took') as string },
    ]);
  });

  it('is high, too, when its rules cannot be read', async () => {
    const ec2 = ec2With([]);
    ec2.add(GROUP, liveRules(...AT_BASELINE), { tags: { Env: 'prod' } });
    ec2.before = (what) => (what.startsWith('read') ? 'transient' : undefined);

    expect(await detector(ec2, { declared: compiled(tagged) }).run(call('DeleteTags', { Tier: 'web' }))).toMatchObject([
      { kind: 'undetermined', severity: 'high', baseline: 'tagged' },
    ]);
  });

  it('is high where nothing shows that it was in the baseline, if a sensitive port is open to the world', async () => {
    const findings = await told(call('DeleteTags', { Tier: undefined }), { Env: 'prod' }, ['tcp 22 from 0.0.0.0/0']);

    expect(findings).toMatchObject([
      {
        kind: 'undetermined',
        severity: 'high',
        summary: 'if DeleteTags took the group out of tagged, it is no longer guarded; it lets in tcp/22 from 0.0.0.0/0',
      },
    ]);
  });

  it('is told quietly where it is not known whether it was ever guarded: any new group may get such a tag', async () => {
    expect(await told(call('CreateTags', { Tier: 'app' }), { Tier: 'app', Env: 'prod' }, ['tcp 9 from 10.0.0.1/32'])).toMatchObject([
      {
        kind: 'undetermined',
        severity: 'low',
        summary: 'if CreateTags took the group out of tagged, it is no longer guarded',
      },
    ]);
  });

  it('is an attempt where the call was refused', async () => {
    const refused = { errorCode: 'Client.UnauthorizedOperation', responseElements: null };

    expect(await told(call('DeleteTags', { Tier: 'web' }, refused), GUARDED)).toMatchObject([
      { kind: 'attempt', severity: 'low', baseline: 'tagged' },
    ]);
  });
});

describe('a group that is moved to a laxer baseline by its tags', () => {
  const declared = compiled({ ...tagged, groups: { ids: [], tags: { Tier: 'web' } } }, lax);
  const moved = call('CreateTags', { Tier: 'lax' });
  const at = (tags: Tags, ...rules: string[]) => {
    const ec2 = ec2With([]);
    ec2.add(GROUP, liveRules(...rules), { tags });
    const requests: RestorationRequest[] = [];
    const guard = detector(ec2, {
      declared,
      wake: (request) => {
        requests.push(request);
      },
    });
    return { ...guard, ec2, requests };
  };

  it('is told as high, and restored to the laxer one', async () => {
    const { run, requests } = at({ Tier: 'lax' }, ...AT_BASELINE);

    expect(await run(moved)).toMatchObject([
      {
        kind: 'change',
        severity: 'high',
        baseline: 'tagged',
        summary: 'CreateTags took the group out of tagged: it is guarded by lax now',
        wake: { outcome: 'sent' },
        outlook: `as lax declares, the remediator has been asked to restore it now; tagged guards it again after aws ec2 create-tags --region eu-west-1 --resources ${GROUP} --tags '[{"Key":"Tier","Value":"web"}]'`,
      },
    ]);
    expect(requests).toMatchObject([{ group: { id: GROUP } }]);
  });

  it('is told as high when what it lets in beside is declared by the laxer one', async () => {
    const { run, requests } = at({ Tier: 'lax' }, ...AT_BASELINE, 'tcp 443 from 0.0.0.0/0', 'tcp 8080 from 0.0.0.0/0');

    expect(await run(moved)).toMatchObject([
      {
        kind: 'drift',
        severity: 'high',
        summary:
          'CreateTags took the group out of tagged: it is guarded by lax now; by tagged, tcp/443, tcp/8080 from 0.0.0.0/0 must be revoked',
      },
    ]);
    expect(requests).toHaveLength(1);
  });

  it('is told as high when it is opened afterwards to what the laxer one declares', async () => {
    const { run, ec2 } = at({ Tier: 'lax' }, ...AT_BASELINE);
    await run(moved);
    ec2.add(GROUP, liveRules(...AT_BASELINE, 'tcp 8080 from 0.0.0.0/0'), { tags: { Tier: 'lax' } });

    expect(await run(authorizeTcp(8080, '0.0.0.0/0'))).toMatchObject([
      { kind: 'drift', severity: 'high', baseline: 'tagged', event: { name: 'AuthorizeSecurityGroupIngress' } },
    ]);
  });

  it('is judged by the laxer one alone where nothing shows that it was in the other', async () => {
    const { run, requests } = at({ Tier: 'lax' }, 'tcp 22 from 0.0.0.0/0');

    expect(await run(moved)).toMatchObject([{ kind: 'drift', severity: 'critical', baseline: 'lax' }]);
    expect(requests).toHaveLength(1);
  });

  it('is restored to the laxer one for the fourth time, too: that it left is severe', async () => {
    const ec2 = ec2With([]);
    ec2.add(GROUP, liveRules(...AT_BASELINE), { tags: { Tier: 'lax' } });
    let now = START;
    const guard = detector(ec2, { declared, wake: () => undefined, now: () => new Date(now) });
    const outcomes: (string | undefined)[] = [];
    for (let n = 0; n < 4; n++, now += 60_000) outcomes.push((await guard.run(moved))[0]?.wake?.outcome);

    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'sent']);
  });

  it('is not told once more for what the remediator then restores', async () => {
    const { run } = at({ Tier: 'lax' }, ...AT_BASELINE);
    await run(moved);

    expect(await run(authorizeTcp(443, '0.0.0.0/0', { userIdentity: REMEDIATOR }))).toMatchObject([
      { severity: 'info', kind: 'restoration' },
    ]);
  });
});

describe('a group that enters a baseline by its tags', () => {
  it('is judged by it from then on', async () => {
    expect(await told(call('CreateTags', { Tier: 'web' }), GUARDED, ['tcp 22 from 0.0.0.0/0'])).toMatchObject([
      { kind: 'drift', severity: 'critical', baseline: 'tagged' },
    ]);
  });
});

describe('nothing is told of', () => {
  it.each<[string, unknown, Tags]>([
    ['another tag', call('CreateTags', { Owner: 'ana' }), { ...GUARDED, Owner: 'ana' }],
    ['another tag that is taken off', call('DeleteTags', { Owner: undefined }), GUARDED],
    ['a group that no baseline selects with the tag or without it', call('DeleteTags', { Tier: 'web' }), { Env: 'test' }],
    ['a value that the tag did not have, so that it was not taken off', call('DeleteTags', { Tier: 'db' }), GUARDED],
    ['a tag of another value that is taken off', call('DeleteTags', { Tier: 'db' }), { Env: 'prod' }],
    [
      'a refused call that would have changed nothing here',
      call('CreateTags', { Owner: 'ana' }, { errorCode: 'Client.UnauthorizedOperation' }),
      GUARDED,
    ],
  ])('%s', async (_, event, tags) => {
    // To take off a tag by a value that it does not have is a call on a tag that matters: it is told for information.
    const findings = await told(event, tags);

    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('a group that is guarded by its id, whatever its tags', async () => {
    const byId = compiled(baseline(AT_BASELINE, { groups: { ids: [GROUP] } }), {
      ...tagged,
      groups: { ids: [], tags: { A: 'b' } },
    });

    expect(await told(call('DeleteTags', {}), {}, ['tcp 22 from 0.0.0.0/0'], byId)).toEqual([]);
  });

  it('a group that was tagged and is gone: its deletion is told', async () => {
    const ec2 = ec2With([]);
    ec2.exists = false;

    expect(await detector(ec2, { declared: compiled(tagged) }).run(call('DeleteTags', {}))).toEqual([]);
  });
});

describe('a rule that gets a tag by which rules are ignored', () => {
  const ignoring = compiled(baseline(AT_BASELINE, { groups: { ids: [GROUP] }, ignore: [{ tag: { key: 'Managed', value: 'elsewhere' } }] }));
  const onRule = record('CreateTags', {
    resourcesSet: { items: [{ resourceId: 'sgr-2' }] },
    tagSet: { items: [{ key: 'Managed', value: 'elsewhere' }] },
  });

  it('is told as critical where the world reaches SSH by it: a caller who opens a port can also write a tag', async () => {
    const [declared, ignored] = liveRules(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0');
    if (declared === undefined || ignored === undefined) throw new Error('two rules were made');
    const ec2 = ec2With([declared, { ...ignored, tags: { Managed: 'elsewhere' } }]);

    expect(await detector(ec2, { declared: ignoring }).run(onRule)).toMatchObject([
      {
        kind: 'change',
        severity: 'critical',
        atBaseline: true,
        summary: 'the group is at its baseline after CreateTags; left alone, and lets the world reach SSH (tcp/22): tcp/22 from 0.0.0.0/0',
      },
    ]);
  });

  it('and loses it again is drift', async () => {
    const ec2 = ec2With(liveRules(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0'));
    const event = record('DeleteTags', { resourcesSet: { items: [{ resourceId: 'sgr-2' }] }, tagSet: {} });

    expect(await detector(ec2, { declared: ignoring }).run(event)).toMatchObject([{ kind: 'drift', severity: 'critical' }]);
  });

  it('is undetermined where its group cannot be found', async () => {
    const ec2 = ec2With([]);
    ec2.before = () => 'denied';

    expect(await detector(ec2, { declared: ignoring }).run(onRule)).toMatchObject([
      {
        kind: 'undetermined',
        summary: 'CreateTags names rules by id, and which groups that concerns could not be looked up: UnauthorizedOperation',
      },
    ]);
  });

  it('is nothing where no rule is ignored by its tags, and nothing is read', async () => {
    const ec2 = ec2With(liveRules('tcp 22 from 0.0.0.0/0'));

    expect(await detector(ec2).run(onRule)).toEqual([]);
    expect(ec2.calls).toEqual([]);
  });
});
