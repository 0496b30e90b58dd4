import type { Baseline } from '@portcullis/baseline';
import { baseline, compiled, liveRules, permissions, SimulatedEc2, type BaselineNotation } from '@portcullis/security-groups/testing';
import { changeEvent, scheduledEvent } from '../../testing/config-events.js';
import { remediator, web, WEB } from '../../testing/remediator.js';

describe('2. The baseline', () => {
  describe('selects a group', () => {
    const byTags = (rest: BaselineNotation = {}): Baseline =>
      baseline(['tcp 80 from 0.0.0.0/0'], { name: 'tagged', groups: { ids: [], tags: { Tier: 'web' } }, ...rest });
    const world = (): SimulatedEc2 => {
      const ec2 = new SimulatedEc2([]);
      ec2.add('sg-1', liveRules('tcp 445 from 0.0.0.0/0'), { name: 'web-1', vpcId: 'vpc-1', tags: { Tier: 'web' } });
      return ec2;
    };

    it.each<[string, Baseline['groups']]>([
      ['by its id', { ids: ['sg-1'] }],
      ['by its tags', { ids: [], tags: { Tier: 'web' } }],
      ['by a pattern of its name', { ids: [], names: ['web-*'] }],
      ['by its VPC', { ids: [], vpcs: ['vpc-1'] }],
      ['by all of them together', { ids: [], tags: { Tier: 'web' }, names: ['web-*'], vpcs: ['vpc-1'] }],
    ])('%s', async (_, groups) => {
      const ec2 = world();

      await remediator(ec2, { declared: compiled(baseline(['tcp 80 from 0.0.0.0/0'], { groups })) }).run();

      expect(ec2.state).toEqual(['tcp/80 from 0.0.0.0/0']);
    });

    it('by the tags it has now, and not by those of the event, which is minutes old', async () => {
      const ec2 = world();
      ec2.add('sg-1', liveRules('tcp 445 from 0.0.0.0/0'), { tags: { Tier: 'db' } });

      const { results } = await remediator(ec2, { declared: compiled(byTags()) }).run(changeEvent({ tags: { Tier: 'web' } }));

      expect(results).toMatchObject([{ compliance: 'NOT_APPLICABLE', annotation: 'no baseline selects the group' }]);
      expect(ec2.calls).toEqual(['describe']);
    });

    it('by its id without asking what else it is, also where other baselines select by tag', async () => {
      const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'));

      await remediator(ec2, { declared: compiled(web, byTags()) }).run();

      expect(ec2.calls).toEqual(['read']);
    });

    it('by its id rather than by anything else', async () => {
      const ec2 = world();

      await remediator(ec2, { declared: compiled(web, byTags()) }).run();

      expect(ec2.state).toEqual(WEB);
    });

    it('by tag on a schedule too, which asks EC2 for all groups', async () => {
      const ec2 = world();
      ec2.add('sg-2', liveRules('tcp 22 from 0.0.0.0/0'), { tags: {} });

      const { results } = await remediator(ec2, { declared: compiled(byTags()) }).run(scheduledEvent());

      expect(results.map(({ groupId }) => groupId)).toEqual(['sg-1']);
      expect([ec2.stateOf('sg-1'), ec2.stateOf('sg-2')]).toEqual([['tcp/80 from 0.0.0.0/0'], ['tcp/22 from 0.0.0.0/0']]);
    });

    it('by tag only in its own account: tags of a group of another one, which a shared VPC shows, select nothing', async () => {
      const ec2 = world();
      ec2.add('sg-2', liveRules('tcp 22 from 0.0.0.0/0'), { tags: { Tier: 'web' }, ownerId: '444455556666' });

      const { run } = remediator(ec2, { declared: compiled(byTags()) });
      const scheduled = await run(scheduledEvent());
      const changed = await run(changeEvent({ resourceId: 'sg-2' }));

      expect(scheduled.results.map(({ groupId }) => groupId)).toEqual(['sg-1']);
      expect(changed.results).toMatchObject([{ groupId: 'sg-2', compliance: 'NOT_APPLICABLE' }]);
      expect(ec2.stateOf('sg-2')).toEqual(['tcp/22 from 0.0.0.0/0']);
    });

    it('by tag that does not exist any more is NOT_APPLICABLE', async () => {
      const ec2 = world();
      ec2.exists = false;

      const { results } = await remediator(ec2, { declared: compiled(byTags()) }).run();

      expect(results).toMatchObject([{ compliance: 'NOT_APPLICABLE', annotation: 'the group does not exist any more' }]);
    });

    it.each([
      ['two baselines name it', compiled(web, { ...web, name: 'other' })],
      ['it meets the criteria of two', compiled(byTags(), byTags({ name: 'named', groups: { ids: [], names: ['web-*'] } }))],
    ])('not at all when %s: it is left alone, and that is told', async (_, declared) => {
      const ec2 = world();

      const { results, findings } = await remediator(ec2, { declared }).run();

      expect(ec2.state).toEqual(['tcp/445 from 0.0.0.0/0']);
      expect(results).toMatchObject([{ compliance: 'NON_COMPLIANT' }]);
      expect(findings).toMatchObject([
        { kind: 'undetermined', summary: expect.stringMatching(/^several baselines select the group: /) as string },
      ]);
    });
  });

  it('that is empty closes a group', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 22 from 0.0.0.0/0'));

    await remediator(ec2, { declared: compiled(baseline([])) }).run();

    expect(ec2.state).toEqual([]);
  });

  it('that is empty is not met by a group that does not exist, which EC2 shows without rules too', async () => {
    const ec2 = new SimulatedEc2([]);
    ec2.exists = false;

    const { results } = await remediator(ec2, { declared: compiled(baseline([])) }).run();

    expect(results).toMatchObject([{ compliance: 'NOT_APPLICABLE', annotation: 'the group does not exist any more' }]);
    expect(ec2.calls).toEqual(['read', 'describe']);
  });

  it('that is empty is not met on a schedule by a group that is deleted once it was listed', async () => {
    const ec2 = new SimulatedEc2([]);
    ec2.after = (call) => {
      if (call === 'list') ec2.exists = false;
    };

    const { results } = await remediator(ec2, { declared: compiled(baseline([])) }).run(scheduledEvent());

    expect(results).toMatchObject([{ compliance: 'NOT_APPLICABLE' }]);
  });

  it('in the mode `report` is told about and nothing is changed', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));

    const { results, findings } = await remediator(ec2, { declared: compiled({ ...web, mode: 'report' }) }).run();

    expect(ec2.calls).toEqual(['read']);
    expect(results).toMatchObject([
      {
        compliance: 'NON_COMPLIANT',
        authorized: [],
        revoked: [],
        annotation:
          'report only, nothing was changed: tcp/445 from 0.0.0.0/0 must be revoked; tcp/80, tcp/443 from 0.0.0.0/0 must be authorized',
      },
    ]);
    expect(findings).toMatchObject([{ kind: 'drift', revoke: permissions('tcp 445 from 0.0.0.0/0') }]);
  });

  it('with `compare: access` is met by any rules that let in the same traffic', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'));
    const declared = compiled(baseline(['tcp 22 from 10.0.0.0/8'], { compare: 'access' }));

    const { results } = await remediator(ec2, { declared }).run();

    expect(results).toMatchObject([{ compliance: 'COMPLIANT' }]);
    expect(ec2.calls).toEqual(['read']);
  });

  it('with `compare: rules` wants the declared rules themselves', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'));

    await remediator(ec2, { declared: compiled(baseline(['tcp 22 from 10.0.0.0/8'])) }).run();

    expect(ec2.state).toEqual(['tcp/22 from 10.0.0.0/8']);
  });

  describe('tolerates a permitted rule', () => {
    const permitting = compiled(baseline([], { permit: [{ rule: 'tcp 22 from 198.51.100.0/24', until: '2026-11-23' }] }));
    const permitted = (): SimulatedEc2 => new SimulatedEc2(liveRules('tcp 22 from 198.51.100.0/24'));

    it('through the last day of the permit, in UTC', async () => {
      const ec2 = permitted();

      await remediator(ec2, { declared: permitting, now: new Date('2026-11-23T23:59:59.999Z') }).run();

      expect(ec2.state).toEqual(['tcp/22 from 198.51.100.0/24']);
    });

    it('and revokes it on the day after', async () => {
      const ec2 = permitted();

      await remediator(ec2, { declared: permitting, now: new Date('2026-11-24T00:00:00.000Z') }).run();

      expect(ec2.state).toEqual([]);
    });

    it('and never authorizes it', async () => {
      const ec2 = new SimulatedEc2([]);

      await remediator(ec2, { declared: permitting }).run();

      expect(ec2.state).toEqual([]);
    });
  });

  it('leaves alone the rules of somebody else, and restores the rest around them', async () => {
    const ec2 = new SimulatedEc2(
      liveRules('tcp 30000 from 10.0.0.0/8 # elbv2.k8s.aws/targetGroupBinding=shared', 'tcp 445 from 0.0.0.0/0'),
    );
    const declared = compiled({ ...web, ignore: [{ descriptionPrefix: 'elbv2.k8s.aws/' }] });

    await remediator(ec2, { declared }).run();

    expect(ec2.state).toEqual(['tcp/30000 from 10.0.0.0/8', ...WEB]);
  });

  describe('of egress', () => {
    const open = (): SimulatedEc2 => new SimulatedEc2(liveRules('-1 to 0.0.0.0/0'));

    it('that is not declared leaves egress alone', async () => {
      const ec2 = open();

      await remediator(ec2, { declared: compiled(baseline([])) }).run();

      expect(ec2.state).toEqual(['all traffic to 0.0.0.0/0']);
    });

    it('that is declared restores it too, and tells it apart from ingress', async () => {
      const ec2 = open();
      const declared = compiled(baseline([], { egress: ['tcp 443 to 0.0.0.0/0'] }));

      const { results } = await remediator(ec2, { declared }).run();

      expect(ec2.state).toEqual(['tcp/443 to 0.0.0.0/0']);
      expect(results[0]).toMatchObject({
        authorized: [],
        revoked: [],
        egress: { authorized: permissions('tcp 443 to 0.0.0.0/0'), revoked: permissions('-1 to 0.0.0.0/0') },
      });
    });
  });
});
