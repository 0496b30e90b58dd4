import { baseline, liveRules, permissions, type BaselineNotation, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { changeEvent, scheduledEvent } from '../../testing/config-events.js';
import { ec2With, outcomeOf, web, WEB } from '../../testing/remediator.js';

const HTTP = ['tcp 80 from 0.0.0.0/0'];

describe('2. A baseline selects groups', () => {
  const byTags = (rest: BaselineNotation = {}) => baseline(HTTP, { name: 'tagged', groups: { ids: [], tags: { Tier: 'web' } }, ...rest });
  const world = (tags: Record<string, string> = { Tier: 'web' }): SimulatedEc2 => {
    const ec2 = ec2With();
    ec2.add('sg-1', liveRules('tcp 445 from 0.0.0.0/0'), { name: 'web-1', vpcId: 'vpc-1', tags });
    return ec2;
  };

  it.each([
    ['its id', { ids: ['sg-1'] }],
    ['its tags', { ids: [], tags: { Tier: 'web' } }],
    ['a pattern of its name', { ids: [], names: ['web-*'] }],
    ['its VPC', { ids: [], vpcs: ['vpc-1'] }],
    ['its tags, name and VPC together', { ids: [], tags: { Tier: 'web' }, names: ['web-*'], vpcs: ['vpc-1'] }],
  ])('a baseline selects a group by %s', async (_, groups) => {
    expect((await outcomeOf(world(), { declared: [baseline(HTTP, { groups })] })).state).toEqual(['tcp/80 from 0.0.0.0/0']);
  });

  it('the current tags of a group decide which baseline applies, not the older tags in the event', async () => {
    const { results, calls } = await outcomeOf(world({ Tier: 'db' }), { declared: [byTags()] }, changeEvent({ tags: { Tier: 'web' } }));

    expect(results).toMatchObject([{ compliance: 'NOT_APPLICABLE', annotation: 'no baseline selects the group' }]);
    expect(calls).toEqual(['describe']);
  });

  it('the remediator does not read the tags, name or VPC of a group that a baseline selects by id', async () => {
    const { state, calls } = await outcomeOf(world(), { declared: [web, byTags()] });

    expect(state).toEqual(WEB);
    expect(calls).not.toContain('describe');
  });

  it.each([
    ['another tag', { tags: {} }],
    ['an owner in another account of a shared VPC', { tags: { Tier: 'web' }, ownerId: '444455556666' }],
  ])('if a baseline selects by tag, a scheduled event leaves a group with %s unchanged', async (_, facts) => {
    const ec2 = world();
    ec2.add('sg-2', liveRules('tcp 22 from 0.0.0.0/0'), facts);
    ec2.add('sg-0', liveRules(...HTTP), { tags: { Tier: 'web' } });

    const scheduled = await outcomeOf(ec2, { declared: [byTags()] }, scheduledEvent());
    const changed = await outcomeOf(ec2, { declared: [byTags()] }, changeEvent({ resourceId: 'sg-2' }));

    expect(scheduled.results.map(({ groupId }) => groupId)).toEqual(['sg-0', 'sg-1']);
    expect(changed.results).toMatchObject([{ groupId: 'sg-2', compliance: 'NOT_APPLICABLE' }]);
    expect([ec2.stateOf('sg-1'), ec2.stateOf('sg-2')]).toEqual([['tcp/80 from 0.0.0.0/0'], ['tcp/22 from 0.0.0.0/0']]);
  });

  it('the remediator reports NOT_APPLICABLE for a deleted group even if baselines select groups by tag', async () => {
    const { results } = await outcomeOf(Object.assign(world(), { exists: false }), { declared: [byTags()] });

    expect(results).toMatchObject([{ compliance: 'NOT_APPLICABLE', annotation: 'the group no longer exists' }]);
  });

  it.each([
    ['by id', [web, { ...web, name: 'other' }]],
    ['by criteria', [byTags(), byTags({ name: 'named', groups: { ids: [], names: ['web-*'] } })]],
  ])('if two baselines select a group %s, the remediator only reports the group', async (_, declared) => {
    const { state, results, findings } = await outcomeOf(world(), { declared });

    expect(state).toEqual(['tcp/445 from 0.0.0.0/0']);
    expect(results).toMatchObject([{ compliance: 'NON_COMPLIANT' }]);
    const summary = expect.stringMatching(/^several baselines select the group: /) as string;
    expect(findings).toMatchObject([{ kind: 'undetermined', summary }]);
  });
});

describe('2. A baseline declares the rules of a group', () => {
  const SSH = 'tcp 22 from 198.51.100.0/24';
  const permit = [{ rule: SSH, until: '2026-11-23' }];
  const TARGETS = 'tcp 30000 from 10.0.0.0/8 # elbv2.k8s.aws/targetGroupBinding=shared';
  const ignore = [{ descriptionPrefix: 'elbv2.k8s.aws/' }];
  const LEFT = ['tcp/30000 from 10.0.0.0/8', 'tcp/80 from 0.0.0.0/0'];
  const LAST = '2026-11-23T23:59:59.999Z';

  it.each<[string, Parameters<typeof baseline>, string[], string[], string?]>([
    [
      "the remediator tolerates a permitted rule until the end of the permit's last day in UTC",
      [[], { permit }],
      [SSH],
      ['tcp/22 from 198.51.100.0/24'],
      LAST,
    ],
    [
      "the remediator revokes a permitted rule on the day after the permit's last day",
      [[], { permit }],
      [SSH],
      [],
      '2026-11-24T00:00:00.000Z',
    ],
    [
      'the remediator keeps the rules of another owner, and restores all other rules',
      [HTTP, { ignore }],
      [TARGETS, 'tcp 445 from 0.0.0.0/0'],
      LEFT,
    ],
  ])('%s', async (_, declared, live, state, now = '2026-11-23T10:02:00.000Z') => {
    expect((await outcomeOf(ec2With(...live), { declared: [baseline(...declared)], now: new Date(now) })).state).toEqual(state);
  });

  it('the remediator restores declared egress, and reports egress separately from ingress', async () => {
    const declared = [baseline([], { egress: ['tcp 443 to 0.0.0.0/0'] })];
    const { state, results } = await outcomeOf(ec2With('-1 to 0.0.0.0/0'), { declared });

    expect(state).toEqual(['tcp/443 to 0.0.0.0/0']);
    const egress = { authorized: permissions('tcp 443 to 0.0.0.0/0'), revoked: permissions('-1 to 0.0.0.0/0') };
    expect(results).toMatchObject([{ authorized: [], revoked: [], egress }]);
  });

  it('the remediator reports the drift of a group in mode `report`, and changes nothing', async () => {
    const { calls, results, findings } = await outcomeOf(ec2With('tcp 445 from 0.0.0.0/0'), { declared: [{ ...web, mode: 'report' }] });

    expect(calls).toEqual(['read']);
    const needs = 'tcp/445 from 0.0.0.0/0 must be revoked; tcp/80, tcp/443 from 0.0.0.0/0 must be authorized';
    const annotation = `report only, nothing was changed: ${needs}`;
    expect(results).toMatchObject([{ compliance: 'NON_COMPLIANT', authorized: [], revoked: [], annotation }]);
    expect(findings).toMatchObject([{ kind: 'drift', revoke: permissions('tcp 445 from 0.0.0.0/0') }]);
  });

  it.each([
    ['when the group is looked up', changeEvent(), ['read', 'describe']],
    ['on a schedule, after the group was listed', scheduledEvent(), ['list', 'read', 'read', 'describe']],
  ])(
    'a deleted group is never COMPLIANT, even if its baseline is empty and EC2 returns no rules for the group: %s',
    async (_, event, calls) => {
      const ec2 = ec2With();
      if (calls[0] === 'list') ec2.meddle('list', () => (ec2.exists = false));
      else ec2.exists = false;

      const { results, words } = await outcomeOf(ec2, { declared: [baseline([])] }, event);

      expect(results).toMatchObject([{ compliance: 'NOT_APPLICABLE', annotation: 'the group no longer exists' }]);
      expect(words).toEqual(calls);
    },
  );
});
