import { baseline, liveRules, permissions, SimulatedEc2, compiled } from '@portcullis/security-groups/testing';
import { changeEvent, configurationOf, oversizedEvent } from '../../testing/config-events.js';
import { AT_BASELINE, remediator, web, WEB } from '../../testing/remediator.js';

const drifted = (): SimulatedEc2 => new SimulatedEc2(liveRules(...[80, 443, 465, 993].map((port) => `tcp ${port} from 0.0.0.0/0`)));

/** The calls without the rules they are about. */
const words = ({ calls }: SimulatedEc2): string[] => calls.map((call) => call.split(' ')[0] ?? '');

describe('3. A group', () => {
  it('at its baseline costs two calls: one to read it, one to report it', async () => {
    const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE));
    const { run, config } = remediator(ec2);

    const { results, findings } = await run();

    expect([ec2.calls, config.calls]).toEqual([['read'], [1]]);
    expect(results).toEqual([
      {
        groupId: 'sg-1',
        compliance: 'COMPLIANT',
        annotation: 'the group is at its baseline web',
        authorized: [],
        revoked: [],
      },
    ]);
    expect(findings).toEqual([]);
  });

  it('whose item came since something else changed, an instance attached, is not touched', async () => {
    const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE));

    await remediator(ec2).run();

    expect(words(ec2)).toEqual(['read']);
  });

  it('that drifted costs four calls and the reads that verify: read, authorize, revoke, report', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    const { run, config } = remediator(ec2);

    await run();

    expect([words(ec2), config.calls]).toEqual([['read', 'authorize', 'revoke', 'read'], [1]]);
  });

  it('{80, 443, 465, 993} ends as {80, 443}, COMPLIANT', async () => {
    const ec2 = drifted();

    const { results } = await remediator(ec2).run();

    expect(ec2.state).toEqual(WEB);
    expect(results).toEqual([
      {
        groupId: 'sg-1',
        compliance: 'COMPLIANT',
        annotation: 'restored to web: revoked tcp/465, tcp/993 from 0.0.0.0/0',
        authorized: [],
        revoked: permissions('tcp 465 from 0.0.0.0/0', 'tcp 993 from 0.0.0.0/0'),
      },
    ]);
  });

  it('gets what is declared before it loses what is not', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 0-65535 from 0.0.0.0/0'));

    await remediator(ec2).run();

    expect(ec2.calls[1]).toBe('authorize tcp/80 from 0.0.0.0/0, tcp/443 from 0.0.0.0/0');
    expect(ec2.calls[2]).toBe('revoke tcp/0-65535 from 0.0.0.0/0');
  });

  it('loses a stray source of a port while no call touches its neighbours', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 22 from 10.0.0.0/8', 'tcp 22 from 203.0.113.7/32', 'tcp 22 from ::/0'));

    await remediator(ec2, { declared: compiled(baseline(['tcp 22 from 10.0.0.0/8'])) }).run();

    expect(ec2.calls.slice(1, -1)).toEqual(['revoke tcp/22 from 203.0.113.7/32, tcp/22 from ::/0']);
  });

  it('is changed once, however often the event is delivered', async () => {
    const ec2 = drifted();
    const { run } = remediator(ec2);

    await run();
    await run();

    expect(words(ec2)).toEqual(['read', 'revoke', 'read', 'read']);
  });

  describe('that a read shows at its baseline', () => {
    const itemOf = (...rules: string[]): unknown => changeEvent({ configuration: configurationOf(liveRules(...rules)) });

    it('is read once more when the item of the event shows a drift, so that a read which lags behind is not believed', async () => {
      const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'));
      const stale = liveRules(...AT_BASELINE);
      let reads = 0;
      ec2.shown = () => (reads++ === 0 ? stale : ec2.rules);

      const { results } = await remediator(ec2).run(itemOf(...AT_BASELINE, 'tcp 445 from 0.0.0.0/0'));

      expect(ec2.state).toEqual(WEB);
      expect(results).toMatchObject([{ annotation: 'restored to web: revoked tcp/445 from 0.0.0.0/0' }]);
    });

    it('is believed the second time, whatever the item says: somebody else restored it meanwhile', async () => {
      const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE));

      const { results } = await remediator(ec2).run(itemOf('tcp 445 from 0.0.0.0/0'));

      expect(results[0]?.compliance).toBe('COMPLIANT');
      expect(words(ec2)).toEqual(['read', 'read']);
    });

    it.each([
      ['shows the same rules, also such as only their tags let be', itemOf(...AT_BASELINE, 'tcp 1 from 10.0.0.0/8')],
      ['shows other rules that are at the baseline too', itemOf(...AT_BASELINE)],
      ['is too large to be sent along', oversizedEvent()],
      ['cannot be read', changeEvent({ configuration: { ipPermissions: [{ ipProtocol: 7 }] } })],
    ])('is read once when the item %s', async (_, event) => {
      const [tagged, ...others] = liveRules('tcp 1 from 10.0.0.0/8', ...AT_BASELINE);
      if (tagged === undefined) throw new Error('a rule was written');
      const ec2 = new SimulatedEc2([{ ...tagged, tags: { owner: 'them' } }, ...others]);
      const declared = compiled({ ...web, ignore: [{ tag: { key: 'owner' } }] });

      const { results } = await remediator(ec2, { declared }).run(event);

      expect(results[0]?.compliance).toBe('COMPLIANT');
      expect(words(ec2)).toEqual(['read']);
    });
  });

  it('is not called restored before a read shows it', async () => {
    const ec2 = drifted();
    const old = ec2.rules;
    let reads = 0;
    ec2.shown = () => (reads++ < 3 ? old : ec2.rules);

    const { results } = await remediator(ec2).run();

    expect(results[0]?.compliance).toBe('COMPLIANT');
    expect(words(ec2)).toEqual(['read', 'revoke', 'read', 'read', 'read']);
  });

  describe('whose quota is filled with foreign rules', () => {
    it('is restored: what can go makes room for what is declared', async () => {
      const ec2 = new SimulatedEc2(liveRules(...Array.from({ length: 60 }, (_, i) => `tcp ${1000 + i} from 0.0.0.0/0`)));

      const { results } = await remediator(ec2).run();

      expect(ec2.state).toEqual(WEB);
      expect(results[0]?.compliance).toBe('COMPLIANT');
    });

    it('is restored also when every one of them carries declared traffic, which is not cut for a moment', async () => {
      const ec2 = new SimulatedEc2(liveRules(...Array.from({ length: 60 }, (_, i) => `tcp 80 from 10.0.${i}.0/24`)));
      const open: number[] = [];
      ec2.after = () => {
        open.push(ec2.state.length);
      };

      const { results } = await remediator(ec2).run();

      expect(ec2.state).toEqual(WEB);
      expect(results[0]?.compliance).toBe('COMPLIANT');
      // One became the declared rule; the others went only then.
      expect(ec2.calls).toContainEqual('replace tcp/80 from 10.0.0.0/24 by tcp/80 from 0.0.0.0/0');
      expect(Math.min(...open.slice(0, 2))).toBe(60);
    });

    it('is left with those that carry declared traffic from a group or a prefix list, and a person is told what to do', async () => {
      const kept = Array.from({ length: 59 }, (_, i) => `tcp ${1000 + i} from 0.0.0.0/0`);
      const ec2 = new SimulatedEc2(liveRules(...kept, '-1 from sg-2'));
      const guard = remediator(ec2, { declared: compiled(baseline([...kept, 'tcp 22 from sg-2'])) });

      await guard.run();

      expect(words(ec2)).toEqual(['read', 'authorize', 'read']);
      const told =
        'not restored: AuthorizeSecurityGroupIngress failed with RulesPerSecurityGroupLimitExceeded; not revoked, to keep declared traffic: all traffic from sg-2; raise the quota of rules, or remove one of them by hand; ';
      expect(guard.findings[0]?.summary).toBe(`${told}all traffic from sg-2 must be revoked; tcp/22 from sg-2 must be authorized`);
      expect(guard.config.kept[0]?.annotation.startsWith(told)).toBe(true);
    });

    it('of IPv4 has room for declared rules of IPv6', async () => {
      const ec2 = new SimulatedEc2(liveRules(...Array.from({ length: 60 }, (_, i) => `tcp ${1000 + i} from 0.0.0.0/0`)));

      await remediator(ec2, { declared: compiled(baseline(['tcp 443 from ::/0'])) }).run();

      expect(words(ec2)).toEqual(['read', 'authorize', 'revoke', 'read']);
    });
  });
});
