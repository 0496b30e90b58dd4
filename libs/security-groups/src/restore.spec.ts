import * as fc from 'fast-check';
import { formatRule } from '@portcullis/permission-diff';
import type { CallErrorKind } from './errors.js';
import { isAtBaseline } from './plan.js';
import { restore, type Restoration } from './restore.js';
import { baseline, liveRules } from './testing/notation.js';
import { SimulatedEc2 } from './testing/simulated-ec2.js';

const web = baseline(['tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0']);
const WEB = ['tcp/443 from 0.0.0.0/0', 'tcp/80 from 0.0.0.0/0'];

const run = (ec2: SimulatedEc2, declared = web): Promise<Restoration> =>
  restore(ec2, { groupId: 'sg-1', baseline: declared, today: '2026-11-23', wait: () => Promise.resolve() });

describe('a group at its baseline', () => {
  it('costs one read and no change', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'));

    await run(ec2);

    expect(ec2.calls).toEqual(['read']);
  });
});

describe('a group that drifted', () => {
  it('is restored with one revocation, and read again', async () => {
    const ec2 = new SimulatedEc2(liveRules(...[80, 443, 465, 993].map((port) => `tcp ${port} from 0.0.0.0/0`)));

    const { remaining, revoked } = await run(ec2);

    expect(ec2.calls).toEqual(['read', 'revoke tcp/465 from 0.0.0.0/0, tcp/993 from 0.0.0.0/0', 'read']);
    expect(ec2.state).toEqual(WEB);
    expect(isAtBaseline(remaining)).toBe(true);
    expect(revoked.map(formatRule)).toEqual(['tcp/465 from 0.0.0.0/0', 'tcp/993 from 0.0.0.0/0']);
  });

  it('gets what is declared before it loses what is not', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));

    await run(ec2);

    expect(ec2.calls).toEqual([
      'read',
      'authorize tcp/80 from 0.0.0.0/0, tcp/443 from 0.0.0.0/0',
      'revoke tcp/445 from 0.0.0.0/0',
      'read',
    ]);
  });

  it.each(['tcp 22 from 203.0.113.7/32', 'tcp 22 from ::/0'])(
    'loses the stray source `%s` of a port while no call touches its neighbour',
    async (stray) => {
      const ec2 = new SimulatedEc2(liveRules('tcp 22 from 10.0.0.0/8', stray));

      await run(ec2, baseline(['tcp 22 from 10.0.0.0/8']));

      expect(ec2.state).toEqual(['tcp/22 from 10.0.0.0/8']);
      expect(ec2.calls.join()).not.toContain('10.0.0.0/8');
    },
  );

  it('is left as it is in report mode', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));

    const { plan } = await run(ec2, { ...web, mode: 'report' });

    expect(ec2.calls).toEqual(['read']);
    expect(isAtBaseline(plan)).toBe(false);
  });

  it('is not touched the second time', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    await run(ec2);
    ec2.calls.length = 0;

    await run(ec2);

    expect(ec2.calls).toEqual(['read']);
  });

  it('has its egress restored too where the baseline declares it', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 22 from 0.0.0.0/0', '-1 to 0.0.0.0/0'));

    await run(ec2, baseline([], { egress: [] }));

    expect(ec2.calls).toEqual(['read', 'revoke tcp/22 from 0.0.0.0/0', 'revoke all traffic to 0.0.0.0/0', 'read']);
  });
});

describe('when one half fails', () => {
  const failing = (word: string, kind: CallErrorKind) => (call: string) => (call.startsWith(word) ? kind : undefined);

  it('a refused authorization does not stop the revocation', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    ec2.before = failing('authorize', 'denied');

    const { remaining, failures } = await run(ec2);

    expect(ec2.state).toEqual([]);
    expect(failures.map(({ code }) => code)).toEqual(['UnauthorizedOperation']);
    expect(isAtBaseline(remaining)).toBe(false);
  });

  it('a refused revocation does not undo the authorization', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    ec2.before = failing('revoke', 'transient');

    const { authorized, failures } = await run(ec2);

    expect(authorized.map(formatRule)).toEqual(['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0']);
    expect(failures.map(({ kind }) => kind)).toEqual(['transient']);
  });

  it('a rule through which declared traffic still passes is not revoked while the declared rule is missing', async () => {
    const ec2 = new SimulatedEc2(liveRules('-1 from 0.0.0.0/0', 'udp 53 from 0.0.0.0/0'));
    ec2.before = failing('authorize', 'transient');

    const { heldBack } = await run(ec2);

    expect(ec2.state).toEqual(['all traffic from 0.0.0.0/0']);
    expect(heldBack.map(formatRule)).toEqual(['all traffic from 0.0.0.0/0']);
  });
});

describe('a full group', () => {
  it('is revoked first and then authorized', async () => {
    const strays = Array.from({ length: 60 }, (_, i) => `tcp ${1000 + i} from 0.0.0.0/0`);
    const ec2 = new SimulatedEc2(liveRules(...strays));

    const { failures, remaining } = await run(ec2);

    expect(ec2.state).toEqual(WEB);
    expect([failures, isAtBaseline(remaining)]).toEqual([[], true]);
    expect(ec2.calls.map((call) => call.split(' ')[0])).toEqual(['read', 'authorize', 'revoke', 'authorize', 'read']);
  });
});

describe('another writer', () => {
  it('that authorizes the same rule first is no failure', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0'));
    let done = false;
    ec2.before = (call) => {
      if (call.startsWith('authorize') && !done) {
        done = true;
        ec2.rules = liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0');
      }
      return undefined;
    };

    const { failures, remaining } = await run(ec2);

    expect(ec2.state).toEqual(WEB);
    expect([failures, isAtBaseline(remaining)]).toEqual([[], true]);
  });

  it('that revokes one of the strays first does not save the others', async () => {
    const ec2 = new SimulatedEc2(
      liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 1 from 0.0.0.0/0', 'tcp 2 from 0.0.0.0/0'),
    );
    let done = false;
    ec2.before = (call) => {
      if (call.startsWith('revoke') && !done) {
        done = true;
        ec2.rules = ec2.rules.filter(({ ruleId }) => ruleId !== 'sgr-3');
      }
      return undefined;
    };

    const { remaining } = await run(ec2);

    expect(ec2.state).toEqual(WEB);
    expect(isAtBaseline(remaining)).toBe(true);
  });

  it('that adds a stray again after every call is given up on, and the rest is told', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 1 from 0.0.0.0/0'));
    let id = 0;
    ec2.before = (call) => {
      if (call.startsWith('revoke'))
        ec2.rules = [
          ...ec2.rules.slice(0, 2),
          ...liveRules('tcp 1 from 0.0.0.0/0').map((rule) => ({ ...rule, ruleId: `sgr-x${id++}` })),
        ];
      return undefined;
    };

    const { remaining, failures } = await run(ec2);

    expect(remaining.revoke.map(({ rule }) => formatRule(rule))).toEqual(['tcp/1 from 0.0.0.0/0']);
    expect(failures.map(({ kind }) => kind)).toEqual(['rule-not-found']);
    expect(ec2.calls.filter((call) => call.startsWith('revoke'))).toHaveLength(4);
  });
});

describe('reading again', () => {
  it('is repeated while EC2 still shows the old rules', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 1 from 0.0.0.0/0'));
    const old = ec2.rules;
    let reads = 0;
    ec2.shown = () => (reads++ < 3 ? old : ec2.rules);

    const { remaining } = await run(ec2);

    expect(isAtBaseline(remaining)).toBe(true);
    expect(ec2.calls.filter((call) => call === 'read')).toHaveLength(4);
  });

  it('finds out a revocation that EC2 answered with success and did not carry out', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 1 from 0.0.0.0/0'));
    ec2.revoke = () => Promise.resolve();

    const { remaining } = await run(ec2);

    expect(remaining.revoke).toHaveLength(1);
  });
});

describe('when the rules can no longer be read', () => {
  const deafAfter = (reads: number) => {
    let read = 0;
    return (call: string): CallErrorKind | undefined => (call === 'read' && ++read > reads ? 'transient' : undefined);
  };

  it('before anything was changed, nothing is changed', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    ec2.before = deafAfter(0);

    await expect(run(ec2)).rejects.toMatchObject({ code: 'RequestLimitExceeded' });

    expect(ec2.calls).toEqual(['read']);
  });

  it('after something was changed, what was done is told', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    ec2.before = deafAfter(1);

    const { authorized, revoked, unverified } = await run(ec2);

    expect(authorized.map(formatRule)).toEqual(['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0']);
    expect(revoked.map(formatRule)).toEqual(['tcp/445 from 0.0.0.0/0']);
    expect(unverified).toMatchObject({ code: 'RequestLimitExceeded' });
  });
});

describe('a group that does not exist', () => {
  it('is told from one that lost its rules', async () => {
    const ec2 = new SimulatedEc2([]);
    ec2.exists = false;

    const { gone } = await run(ec2);

    expect(gone).toBe(true);
  });

  it('is not suspected when a declared rule refers to a group that does not exist', async () => {
    const ec2 = new SimulatedEc2([]);
    ec2.before = (call) => (call.startsWith('authorize') ? 'group-not-found' : undefined);

    const { gone, failures } = await run(ec2);

    expect([gone, failures.map(({ code }) => code)]).toEqual([false, ['InvalidGroup.NotFound']]);
  });
});

describe('the safety envelope', () => {
  const universe = [
    'tcp 22 from 10.0.0.0/8',
    'tcp 22 from 0.0.0.0/0',
    'tcp 80 from 0.0.0.0/0',
    'tcp 0-65535 from 10.0.0.0/8',
    '-1 from 0.0.0.0/0',
    'udp 53 from ::/0',
  ];
  /** A few packets, each let in or not by a rule of the universe. */
  const packets: Record<string, readonly string[]> = {
    'tcp/22 from 10.1.1.1': [
      'tcp/22 from 10.0.0.0/8',
      'tcp/22 from 0.0.0.0/0',
      'tcp/0-65535 from 10.0.0.0/8',
      'all traffic from 0.0.0.0/0',
    ],
    'tcp/22 from 192.0.2.1': ['tcp/22 from 0.0.0.0/0', 'all traffic from 0.0.0.0/0'],
    'tcp/80 from 10.1.1.1': ['tcp/80 from 0.0.0.0/0', 'tcp/0-65535 from 10.0.0.0/8', 'all traffic from 0.0.0.0/0'],
    'tcp/80 from 192.0.2.1': ['tcp/80 from 0.0.0.0/0', 'all traffic from 0.0.0.0/0'],
    'tcp/443 from 10.1.1.1': ['tcp/0-65535 from 10.0.0.0/8', 'all traffic from 0.0.0.0/0'],
    'udp/53 from 192.0.2.1': ['all traffic from 0.0.0.0/0'],
    'udp/53 from 2001:db8::1': ['udp/53 from ::/0'],
  };
  const letIn = (state: readonly string[]): string[] =>
    Object.keys(packets).filter((packet) => packets[packet]?.some((rule) => state.includes(rule)));

  it('holds at every moment, whichever calls fail: never wider than before or declared, never narrower than before and declared', async () => {
    const someRules = fc.subarray(universe);
    const faults = fc.array(
      fc.constantFrom<CallErrorKind | undefined>(
        undefined,
        'transient',
        'denied',
        'quota',
        'duplicate',
        'rule-not-found',
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        someRules,
        someRules,
        fc.integer({ min: 1, max: 8 }),
        faults,
        async (declared, live, quota, schedule) => {
          const ec2 = new SimulatedEc2(liveRules(...live));
          ec2.quota = Math.max(quota, live.length);
          const required = baseline(declared);
          const allowed = letIn([...ec2.state, ...new SimulatedEc2(liveRules(...declared)).state]);
          const atLeast = letIn(ec2.state).filter((packet) =>
            letIn(new SimulatedEc2(liveRules(...declared)).state).includes(packet),
          );
          const violations: string[] = [];
          let call = 0;
          const look = (): void => {
            const open = letIn(ec2.state);
            violations.push(
              ...open.filter((packet) => !allowed.includes(packet)),
              ...atLeast.filter((packet) => !open.includes(packet)),
            );
          };
          ec2.before = (name) => {
            look();
            // The first read must succeed, or nothing is done at all.
            return name === 'read' ? undefined : schedule[call++];
          };

          await run(ec2, required);
          look();

          expect(violations).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
