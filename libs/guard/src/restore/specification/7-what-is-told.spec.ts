import { baseline, liveRules, permissions, SimulatedEc2, compiled } from '@portcullis/security-groups/testing';
import { RetryableError } from '../handler.js';
import { changeEvent, scheduledEvent } from '../../testing/config-events.js';
import { AT_BASELINE, remediator, web, WEB } from '../../testing/remediator.js';
import { SimulatedConfig } from '../../testing/simulated-config.js';

const drifted = (): SimulatedEc2 =>
  new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0', '-1 to 0.0.0.0/0'));

describe('7. What is told', () => {
  describe('to AWS Config', () => {
    it('begins with the most useful words and ends within 256 characters, however much was done', async () => {
      const strays = Array.from({ length: 58 }, (_, i) => `tcp ${5000 + i} from 198.51.100.${i}/32`);
      const { run, config } = remediator(new SimulatedEc2(liveRules(...strays)));

      await run();

      const annotation = config.kept[0]?.annotation ?? '';
      expect(annotation).toMatch(/^restored to web: revoked tcp\/5000 from 198\.51\.100\.0\/32/);
      expect(annotation.length).toBeLessThanOrEqual(256);
    });

    it('of a restored group is COMPLIANT', async () => {
      const { run, config } = remediator(drifted());

      await run();

      expect(config.kept).toMatchObject([{ compliance: 'COMPLIANT' }]);
    });

    it('of a restored group is NON_COMPLIANT where the settings ask for it, and COMPLIANT for the item that the restoration causes', async () => {
      const { run, config } = remediator(drifted(), { settings: { reportRestored: 'NON_COMPLIANT' } });

      await run();
      await run();

      expect(config.kept.map(({ compliance }) => compliance)).toEqual(['NON_COMPLIANT', 'COMPLIANT']);
    });
  });

  describe('in the finding', () => {
    it('is what was done to which group, and why', async () => {
      const { run } = remediator(drifted());

      const { findings } = await run();

      expect(findings).toMatchObject([
        {
          schemaVersion: 1,
          id: '1795000000000:sg-1',
          kind: 'restoration',
          severity: 'high',
          group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1', accountId: '111122223333', region: 'eu-west-1' },
          baseline: 'web',
          authorize: [],
          revoke: permissions('tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0'),
          actor: null,
          event: {
            source: 'config',
            id: '1795000000000',
            name: 'ConfigurationItemChangeNotification',
            time: '2026-11-23T10:00:00.000Z',
            errorCode: null,
          },
          basis: 'live',
        },
      ]);
    });

    it('are the exact rules before and after, in the notation that EC2 takes them back in', async () => {
      const { findings } = await remediator(drifted()).run();

      expect(findings[0]?.rules).toEqual({
        before: {
          ingress: permissions(...AT_BASELINE, 'tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0'),
          egress: permissions('-1 to 0.0.0.0/0'),
        },
        after: { ingress: permissions(...AT_BASELINE), egress: permissions('-1 to 0.0.0.0/0') },
      });
    });

    it('is in the log before AWS Config is told, so that it is there whatever becomes of the function after it', async () => {
      const config = new SimulatedConfig();
      const { run, findings } = remediator(drifted(), { config });
      const told: number[] = [];
      config.before = () => {
        told.push(findings.length);
        return undefined;
      };

      await run();

      expect(told).toEqual([1]);
    });

    it('lets a person undo what was done', async () => {
      const ec2 = drifted();
      const before = ec2.state;
      const { findings } = await remediator(ec2).run();

      for (const permission of findings[0]?.revoke ?? []) await ec2.authorize('sg-1', 'ingress', [permission]);

      expect(ec2.state).toEqual(before);
    });

    it('are the rules left, where not all could be done', async () => {
      const ec2 = drifted();
      ec2.before = (call) => (call.startsWith('revoke') ? 'denied' : undefined);

      const { findings } = await remediator(ec2).run();

      expect(findings).toMatchObject([{ kind: 'drift', revoke: permissions('tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0') }]);
      expect(findings[0]?.rules?.after).toEqual(findings[0]?.rules?.before);
    });

    it('does not claim that open connections were cut', async () => {
      const { findings } = await remediator(drifted()).run();

      expect(findings[0]?.summary).toBe(
        'revoked tcp/465, tcp/993 from 0.0.0.0/0; connections already open through a revoked rule may live on',
      );
    });

    it('is the same id for the same event and group, and another for each group of a schedule', async () => {
      const declared = compiled({ ...web, groups: { ids: ['sg-1', 'sg-2'] } });
      const ec2 = drifted();
      ec2.add('sg-2', ec2.rules);

      const { findings } = await remediator(ec2, { declared }).run(scheduledEvent());

      expect(findings.map(({ id }) => id)).toEqual(['2026-11-23T10:00:00.000Z:sg-1', '2026-11-23T10:00:00.000Z:sg-2']);
    });
  });

  describe('of a rule from a prefix list', () => {
    /** A group with an undeclared rule from a list that holds these blocks; without any there is no such list. */
    const listed = (...blocks: readonly string[]): SimulatedEc2 => {
      const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 22 from pl-1'));
      if (blocks.length > 0) ec2.prefixLists.set('pl-1', [blocks]);
      return ec2;
    };
    const reported = compiled({ ...web, mode: 'report' });
    const listCalls = ({ calls }: SimulatedEc2): string[] => calls.filter((call) => call.startsWith('read the list'));

    it.each([
      ['0.0.0.0/0', 'critical'],
      ['10.0.0.0/8', 'medium'],
    ])('the severity is that of what the list holds: for %s a restoration and a drift are %s', async (block, severity) => {
      const restored = await remediator(listed(block)).run();
      const drift = await remediator(listed(block), { declared: reported }).run();
      const inSchedule = await remediator(listed(block), { declared: reported }).run(scheduledEvent());

      expect(restored.findings).toMatchObject([{ kind: 'restoration', severity }]);
      expect(drift.findings).toMatchObject([{ kind: 'drift', severity }]);
      expect(inSchedule.findings).toMatchObject([{ kind: 'drift', severity }]);
    });

    it('the finding says that the list could not be read, and is high', async () => {
      const unread = 'what pl-1 holds could not be read: GetManagedPrefixListEntries failed with InvalidPrefixListID.NotFound';
      const { run, measured } = remediator(listed());
      const restored = await run();
      const drift = await remediator(listed(), { declared: reported }).run();

      expect(restored.findings).toMatchObject([
        {
          kind: 'restoration',
          severity: 'high',
          summary: `revoked tcp/22 from pl-1; connections already open through a revoked rule may live on; ${unread}`,
        },
      ]);
      expect(drift.findings).toMatchObject([
        {
          kind: 'drift',
          severity: 'high',
          summary: `report only, nothing was changed: tcp/22 from pl-1 must be revoked; ${unread}`,
        },
      ]);
      expect(measured).toMatchObject({ CallFailures: 1 });
    });

    it('the list is read once for all groups of a schedule, and before anything is changed', async () => {
      const ec2 = listed('0.0.0.0/0');
      ec2.add('sg-2', ec2.rules);
      const declared = compiled({ ...web, groups: { ids: ['sg-1', 'sg-2'] } });

      await remediator(ec2, { declared }).run(scheduledEvent());

      expect(listCalls(ec2)).toEqual(['read the list pl-1']);
      expect(ec2.calls.indexOf('read the list pl-1')).toBeLessThan(ec2.calls.findIndex((call) => call.startsWith('revoke')));
    });

    it('no list is read that is declared, or that egress refers to', async () => {
      const ec2 = new SimulatedEc2(liveRules('tcp 22 from pl-1', 'tcp 22 to pl-2', 'tcp 80 from 0.0.0.0/0'));
      const declared = compiled(baseline(['tcp 22 from pl-1'], { egress: [] }));

      await remediator(ec2, { declared }).run();

      expect(ec2.state).toEqual(['tcp/22 from pl-1']);
      expect(listCalls(ec2)).toEqual([]);
    });
  });

  describe('in metrics', () => {
    it('are drift found, rules authorized and revoked, and the age of the event', async () => {
      const { run, measured } = remediator(new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0', 'tcp 446 from 0.0.0.0/0')));

      await run();

      expect(measured).toEqual({ EventAgeSeconds: 120, DriftFound: 1, RulesAuthorized: 2, RulesRevoked: 2 });
    });

    it('are failures', async () => {
      const ec2 = drifted();
      ec2.before = (call) => (call.startsWith('revoke') ? 'denied' : undefined);
      const { run, measured } = remediator(ec2);

      await run();

      expect(measured).toEqual({ EventAgeSeconds: 120, DriftFound: 1, CallFailures: 1 });
    });

    it('is the age alone of an event that found nothing to do', async () => {
      const { run, measured } = remediator(new SimulatedEc2(liveRules(...AT_BASELINE)));

      await run();

      expect(measured).toEqual({ EventAgeSeconds: 120 });
    });
  });

  describe('in the log', () => {
    it('carries the ids of the event, the rule and the group', async () => {
      const { run, logged } = remediator(drifted());

      await run();

      expect(logged.at(-1)).toEqual({
        level: 'info',
        message: 'restored to web: revoked tcp/465, tcp/993 from 0.0.0.0/0',
        details: {
          eventId: '1795000000000',
          ruleName: 'portcullis',
          groupId: 'sg-1',
          baseline: 'web',
          compliance: 'COMPLIANT',
        },
      });
    });

    it('is never the event, nor anything secret in it', async () => {
      const { run, logged, findings } = remediator(drifted());
      const item = { configuration: { groupName: 'web', note: 'hunter2' }, tags: { password: 'hunter2' } };

      await run({ ...changeEvent(item), resultToken: 'token-hunter2', ruleParameters: '{"key":"hunter2"}' });
      await run({ invokingEvent: 'hunter2', resultToken: 7 });

      expect(logged.length).toBeGreaterThan(1);
      expect(JSON.stringify([logged, findings])).not.toContain('hunter2');
    });
  });

  describe('where more rules would have to be revoked than a run may', () => {
    it('is that nothing was changed, and why', async () => {
      const ec2 = drifted();
      const before = ec2.state;
      const { run, config, measured } = remediator(ec2, { settings: { maxRevocations: 1 } });

      const { findings } = await run();

      expect(ec2.state).toEqual(before);
      expect(config.kept).toMatchObject([
        {
          compliance: 'NON_COMPLIANT',
          annotation:
            'not restored: 2 rules would have to be revoked in this run, more than the limit of 1; nothing was changed; tcp/465, tcp/993 from 0.0.0.0/0 must be revoked',
        },
      ]);
      expect(findings).toMatchObject([
        { kind: 'drift', severity: 'high', revoke: permissions('tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0') },
      ]);
      expect(measured).toMatchObject({ DriftFound: 1 });
    });

    it('counts over all groups of a schedule, of which none is changed', async () => {
      const ec2 = drifted();
      ec2.add('sg-2', ec2.rules);
      ec2.add('sg-3', liveRules('tcp 80 from 0.0.0.0/0'));
      const declared = compiled({ ...web, groups: { ids: ['sg-1', 'sg-2', 'sg-3'] } });
      const { run } = remediator(ec2, { declared, settings: { maxRevocations: 3 } });

      const { findings } = await run(scheduledEvent());

      expect(ec2.calls.filter((call) => /^(authorize|revoke|replace)/.test(call))).toEqual([]);
      expect(findings.map(({ summary }) => summary.includes('4 rules would have to be revoked in this run'))).toEqual([true, true, true]);
    });

    describe('is what was done about those that let the world reach a sensitive service:', () => {
      const flooded = (): SimulatedEc2 =>
        new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0', ...['1', '2'].map((n) => `tcp ${n} from 10.0.0.0/8`)));
      const left = ['tcp/1 from 10.0.0.0/8', 'tcp/2 from 10.0.0.0/8', ...WEB];

      it('they are revoked, and the others are only told', async () => {
        const ec2 = flooded();
        const { run, config } = remediator(ec2, { settings: { maxRevocations: 1 } });

        const { findings, results } = await run();

        expect(ec2.state).toEqual(left);
        const told =
          'not restored: 2 rules would have to be revoked in this run, more than the limit of 1; revoked tcp/22 from 0.0.0.0/0; what lets the world reach a sensitive service is revoked whatever the limit; tcp/1, tcp/2 from 10.0.0.0/8 must be revoked';
        expect(config.kept).toMatchObject([{ compliance: 'NON_COMPLIANT', annotation: told }]);
        expect(findings).toMatchObject([{ kind: 'drift', severity: 'critical', summary: told }]);
        expect(results).toMatchObject([{ revoked: permissions('tcp 22 from 0.0.0.0/0') }]);
      });

      it('in each group of a schedule, whose others are counted together', async () => {
        const ec2 = flooded();
        ec2.add('sg-2', flooded().rules);
        ec2.add('sg-3', liveRules(...AT_BASELINE, 'tcp 3 from 10.0.0.0/8'));
        const declared = compiled({ ...web, groups: { ids: ['sg-1', 'sg-2', 'sg-3'] } });

        const { findings } = await remediator(ec2, { declared, settings: { maxRevocations: 4 } }).run(scheduledEvent());

        expect(['sg-1', 'sg-2', 'sg-3'].map((id) => ec2.stateOf(id))).toEqual([left, left, ['tcp/3 from 10.0.0.0/8', ...WEB]]);
        expect(findings.map(({ summary }) => /(\d rules) would .* limit of 4; ([a-z]+)/.exec(summary)?.slice(1))).toEqual([
          ['5 rules', 'revoked'],
          ['5 rules', 'revoked'],
          ['5 rules', 'nothing'],
        ]);
      });

      it('they use up nothing of the limit, so that no group is left open for their sake', async () => {
        const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0', 'tcp 23 from 0.0.0.0/0'));
        ec2.add('sg-2', liveRules(...AT_BASELINE, 'tcp 3 from 10.0.0.0/8'));
        const declared = compiled({ ...web, groups: { ids: ['sg-1', 'sg-2'] } });

        await remediator(ec2, { declared, settings: { maxRevocations: 1 } }).run(scheduledEvent());

        expect([ec2.stateOf('sg-1'), ec2.stateOf('sg-2')]).toEqual([WEB, WEB]);
      });

      describe('those from a prefix list', () => {
        const listed = (): SimulatedEc2 =>
          new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 22 from pl-1', ...['1', '2'].map((n) => `tcp ${n} from 10.0.0.0/8`)));
        const settings = { maxRevocations: 1 };

        it.each([changeEvent(), scheduledEvent()])('are revoked if the list holds the world', async (event) => {
          const ec2 = listed();
          ec2.prefixLists.set('pl-1', [['0.0.0.0/1', '128.0.0.0/1']]);

          const { findings } = await remediator(ec2, { settings }).run(event);

          expect(ec2.state).toEqual(left);
          expect(findings).toMatchObject([
            {
              kind: 'drift',
              severity: 'critical',
              summary:
                'not restored: 2 rules would have to be revoked in this run, more than the limit of 1; revoked tcp/22 from pl-1; what lets the world reach a sensitive service is revoked whatever the limit; tcp/1, tcp/2 from 10.0.0.0/8 must be revoked',
            },
          ]);
        });

        it('are left if the list holds a private network', async () => {
          const ec2 = listed();
          ec2.prefixLists.set('pl-1', [['10.0.0.0/8']]);

          const { findings } = await remediator(ec2, { settings }).run();

          expect(ec2.state).toContain('tcp/22 from pl-1');
          expect(findings).toMatchObject([{ kind: 'drift', severity: 'medium' }]);
        });

        it.each([
          ['denied', 'UnauthorizedOperation', 'is not retried'],
          ['transient', 'RequestLimitExceeded', 'is retried'],
        ] as const)('are left and reported if the list cannot be read: nothing is guessed (%s: %s, which %s)', async (fault, code, how) => {
          const ec2 = listed();
          ec2.prefixLists.set('pl-1', [['0.0.0.0/0']]);
          ec2.before = (call) => (call.startsWith('read the list') ? fault : undefined);
          const { run, findings } = remediator(ec2, { settings });

          if (how === 'is retried') await expect(run()).rejects.toThrow(RetryableError);
          else await run();

          expect(ec2.state).toContain('tcp/22 from pl-1');
          expect(findings).toMatchObject([
            {
              kind: 'drift',
              severity: 'high',
              summary: `not restored: 3 rules would have to be revoked in this run, more than the limit of 1; nothing was changed; tcp/1, tcp/2 from 10.0.0.0/8 and tcp/22 from pl-1 must be revoked; what pl-1 holds could not be read: GetManagedPrefixListEntries failed with ${code}`,
            },
          ]);
        });
      });

      it('a group that is then at its baseline is restored, whatever the other groups of the schedule would need', async () => {
        const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 22 from 0.0.0.0/0'));
        ec2.add('sg-2', liveRules(...AT_BASELINE, 'tcp 3 from 10.0.0.0/8', 'tcp 4 from 10.0.0.0/8'));
        const declared = compiled({ ...web, groups: { ids: ['sg-1', 'sg-2'] } });

        const { results, findings } = await remediator(ec2, { declared, settings: { maxRevocations: 1 } }).run(scheduledEvent());

        expect(ec2.stateOf('sg-1')).toEqual(WEB);
        expect(results[0]).toMatchObject({ groupId: 'sg-1', compliance: 'COMPLIANT' });
        expect(findings[0]).toMatchObject({ kind: 'restoration', atBaseline: true });
      });

      it('they are named as left when EC2 refuses, and it is tried again when that may help', async () => {
        const ec2 = flooded();
        ec2.before = (call) => (call.startsWith('revoke') ? 'transient' : undefined);
        const { run, config } = remediator(ec2, { settings: { maxRevocations: 1 } });

        await expect(run()).rejects.toThrow(RetryableError);

        expect(config.kept[0]?.annotation).toBe(
          'not restored: 2 rules would have to be revoked in this run, more than the limit of 1; nothing was changed; RevokeSecurityGroupIngress failed with RequestLimitExceeded; tcp/1, tcp/2 from 10.0.0.0/8 and tcp/22 from 0.0.0.0/0 must be revoked',
        );
      });
    });

    it('is no more than that the limit was just kept', async () => {
      const ec2 = drifted();

      await remediator(ec2, { settings: { maxRevocations: 2 } }).run();

      expect(ec2.state).toEqual(['all traffic to 0.0.0.0/0', ...WEB]);
    });

    it('does not count the groups that are only reported on', async () => {
      const ec2 = drifted();
      ec2.add('sg-2', ec2.rules);
      const reported = baseline([], { name: 'reported', mode: 'report', groups: { ids: ['sg-2'] } });

      await remediator(ec2, { declared: compiled(web, reported), settings: { maxRevocations: 2 } }).run(scheduledEvent());

      expect(ec2.stateOf('sg-1')).toEqual(['all traffic to 0.0.0.0/0', ...WEB]);
    });
  });
});
