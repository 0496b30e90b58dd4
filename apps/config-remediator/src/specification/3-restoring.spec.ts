import { baseline, liveRules, permissions, SimulatedEc2 } from '@portcullis/security-groups/testing';
import { AT_BASELINE, compiled, remediator, WEB } from '../testing/remediator.js';

const drifted = (): SimulatedEc2 =>
  new SimulatedEc2(liveRules(...[80, 443, 465, 993].map((port) => `tcp ${port} from 0.0.0.0/0`)));

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

  it('that somebody else restored meanwhile is at its baseline, whatever the event says', async () => {
    const ec2 = new SimulatedEc2(liveRules(...AT_BASELINE));

    const { results } = await remediator(ec2).run();

    expect(results[0]?.compliance).toBe('COMPLIANT');
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
      const ec2 = new SimulatedEc2(
        liveRules(...Array.from({ length: 60 }, (_, i) => `tcp ${1000 + i} from 0.0.0.0/0`)),
      );

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

    it('of IPv4 has room for declared rules of IPv6', async () => {
      const ec2 = new SimulatedEc2(
        liveRules(...Array.from({ length: 60 }, (_, i) => `tcp ${1000 + i} from 0.0.0.0/0`)),
      );

      await remediator(ec2, { declared: compiled(baseline(['tcp 443 from ::/0'])) }).run();

      expect(words(ec2)).toEqual(['read', 'authorize', 'revoke', 'read']);
    });
  });
});
