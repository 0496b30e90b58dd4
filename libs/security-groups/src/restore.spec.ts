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

    expect(ec2.calls).toEqual(['read', 'authorize tcp/80 from 0.0.0.0/0, tcp/443 from 0.0.0.0/0', 'revoke tcp/445 from 0.0.0.0/0', 'read']);
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

    const revoked = ['revoke tcp/22 from 0.0.0.0/0', 'revoke all traffic to 0.0.0.0/0'];
    expect(ec2.calls).toEqual(['read', ...revoked, 'read', 'describe']);
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
  const FULL = 5;
  const full = (...rules: string[]): SimulatedEc2 => {
    const ec2 = new SimulatedEc2(liveRules(...rules));
    ec2.quota = FULL;
    return ec2;
  };
  const words = (ec2: SimulatedEc2): string[] => ec2.calls.map((call) => call.split(' ')[0] ?? '');

  it('is revoked first and then authorized', async () => {
    const strays = Array.from({ length: 60 }, (_, i) => `tcp ${1000 + i} from 0.0.0.0/0`);
    const ec2 = new SimulatedEc2(liveRules(...strays));

    const { failures, remaining } = await run(ec2);

    expect(ec2.state).toEqual(WEB);
    expect([failures, isAtBaseline(remaining)]).toEqual([[], true]);
    expect(ec2.calls.map((call) => call.split(' ')[0])).toEqual(['read', 'authorize', 'revoke', 'authorize', 'read']);
  });

  it('that has room for some of the declared rules gets those one by one, and then loses what they replace', async () => {
    // Each stray carries declared traffic, so none may go before its declared rule is there.
    const strays = ['10.0.0.0/9', '10.128.0.0/9', '11.0.0.0/8', '12.0.0.0/8'].map((block) => `tcp 80 from ${block}`);
    const ec2 = full(...strays);

    const { remaining } = await run(ec2);

    expect(isAtBaseline(remaining)).toBe(true);
    expect(ec2.state).toEqual(WEB);
    expect(ec2.calls).not.toContainEqual(expect.stringContaining('replace'));
  });

  it('whose strays all carry declared traffic gets one of them turned into the declared rule', async () => {
    const ec2 = full(...['1', '2', '3', '4', '5'].map((n) => `tcp 80 from ${n}.0.0.0/8`));

    const { remaining, authorized, revoked, failures } = await run(ec2);

    expect(ec2.state).toEqual(WEB);
    expect([isAtBaseline(remaining), failures]).toEqual([true, []]);
    expect(words(ec2)).toEqual(['read', 'authorize', 'authorize', 'replace', 'revoke', 'authorize', 'read']);
    expect([authorized.length, revoked.length]).toEqual([2, 5]);
  });

  it.each([
    ['IPv4', ['0.0.0.0/0', '10.0.0.0/8']],
    ['IPv6', ['::/0', '2001:db8::/32']],
  ])('gets its wide rule turned back into the declared one in one call, when both are %s blocks', async (_, [wide, narrow]) => {
    const kept = [1, 2, 3, 4].map((port) => `tcp ${port} from ${wide}`);
    const ec2 = full(...kept, `tcp 22 from ${wide}`);

    const { remaining } = await run(ec2, baseline([...kept, `tcp 22 from ${narrow}`]));

    expect(isAtBaseline(remaining)).toBe(true);
    expect(words(ec2)).toEqual(['read', 'authorize', 'replace', 'read']);
  });

  it.each(['sg-2', 'pl-1'])(
    'keeps a rule whose source is %s, and no rule is modified: that needs rights on more than the group',
    async (source) => {
      const kept = [1, 2, 3, 4].map((port) => `tcp ${port} from 0.0.0.0/0`);
      const ec2 = full(...kept, `-1 from ${source}`);

      const { remaining, heldBack, failures } = await run(ec2, baseline([...kept, `tcp 22 from ${source}`]));

      expect(ec2.calls.filter((call) => !call.startsWith('read'))).toEqual([`authorize tcp/22 from ${source}`]);
      expect(heldBack.map(formatRule)).toEqual([`all traffic from ${source}`]);
      expect(remaining.authorize.map(({ rule }) => formatRule(rule))).toEqual([`tcp/22 from ${source}`]);
      expect(failures.map(({ kind }) => kind)).toEqual(['quota']);
    },
  );

  it('compared by access keeps what carries declared traffic until that has its declared rule, when rules that carried it too make room', async () => {
    const halves = ['tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'];
    const ec2 = new SimulatedEc2(liveRules(...halves, '-1 from 0.0.0.0/0', 'tcp 22-80 from 0.0.0.0/0'));
    ec2.quota = 4;
    const carriers = ['all traffic from 0.0.0.0/0', 'tcp/22-80 from 0.0.0.0/0', 'tcp/22 from 10.0.0.0/8'];
    const cut: string[] = [];
    ec2.after = (call) => {
      const { state } = ec2;
      const isCarried =
        carriers.some((each) => state.includes(each)) || liveRules(...halves).every((each) => state.includes(formatRule(each)));
      if (!isCarried) cut.push(call);
    };

    const { remaining } = await run(
      ec2,
      baseline(['tcp 22 from 10.0.0.0/8', 'tcp 80 from 10.0.0.0/8', 'udp 53 from 10.0.0.0/8'], { compare: 'access' }),
    );

    expect(cut).toEqual([]);
    expect(isAtBaseline(remaining)).toBe(true);
  });

  it('gives its one free place to the declared rule that no other can be turned into', async () => {
    const kept = [1, 2, 3].map((port) => `tcp ${port} from 0.0.0.0/0`);
    const ec2 = full(...kept, '-1 from sg-2');

    const { remaining } = await run(ec2, baseline([...kept, 'tcp 22 from 10.0.0.0/8', 'tcp 22 from sg-2']));

    expect(isAtBaseline(remaining)).toBe(true);
  });

  it('is not asked again for what cannot fit: one call tells that it is full, and one that it is full again', async () => {
    // What carries three missing rules, and two strays that may go: room for two of the three.
    const kept = ['tcp 1 from 0.0.0.0/0', 'tcp 2 from 0.0.0.0/0'];
    const ec2 = full(...kept, '-1 from 10.0.0.0/8', 'tcp 90 from 11.0.0.0/8', 'tcp 91 from 11.0.0.0/8');
    const missing = [80, 81, 82].map((port) => `tcp ${port} from 10.0.0.0/8`);

    const { remaining } = await run(ec2, baseline([...kept, ...missing]));

    expect(isAtBaseline(remaining)).toBe(true);
    expect(ec2.calls).toEqual([
      'read',
      'authorize tcp/80 from 10.0.0.0/8, tcp/81 from 10.0.0.0/8, tcp/82 from 10.0.0.0/8',
      'revoke tcp/90 from 11.0.0.0/8, tcp/91 from 11.0.0.0/8',
      'authorize tcp/80 from 10.0.0.0/8, tcp/81 from 10.0.0.0/8',
      'authorize tcp/82 from 10.0.0.0/8',
      'replace all traffic from 10.0.0.0/8 by tcp/82 from 10.0.0.0/8',
      'read',
    ]);
  });

  it('loses a stray that carries declared traffic which another stray carries too', async () => {
    const ec2 = full(...['1', '2', '3', '4'].map((n) => `tcp 80 from ${n}.0.0.0/8`), 'tcp 0-65535 from 0.0.0.0/0');

    await run(ec2);

    expect(ec2.state).toEqual(WEB);
    expect(ec2.calls).not.toContainEqual(expect.stringContaining('replace'));
    expect(ec2.calls.find((call) => call.startsWith('revoke'))).not.toContain('0-65535');
  });

  it('has its IPv4 and IPv6 rules counted apart', async () => {
    const ec2 = full(...['1', '2', '3', '4', '5'].map((n) => `tcp 90 from ${n}.0.0.0/8`));

    await run(ec2, baseline(['tcp 80 from ::/0']));

    expect(words(ec2)).toEqual(['read', 'authorize', 'revoke', 'read']);
  });

  it('that is too small for the baseline gets what it has room for, and says so', async () => {
    const ec2 = full('tcp 90 from 10.0.0.0/8');

    const { remaining, failures } = await run(ec2, baseline([1, 2, 3, 4, 5, 6, 7].map((port) => `tcp ${port} from 0.0.0.0/0`)));

    expect(ec2.state).toEqual([1, 2, 3, 4, 5].map((port) => `tcp/${port} from 0.0.0.0/0`));
    expect(remaining.authorize).toHaveLength(2);
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['RulesPerSecurityGroupLimitExceeded']));
  });
});

describe('one rule that EC2 does not take', () => {
  it('keeps no other declared rule from its place', async () => {
    const ec2 = new SimulatedEc2([]);
    ec2.before = (call) => (call.startsWith('authorize') && call.includes('tcp/443') ? 'refused' : undefined);

    const { failures } = await run(ec2);

    expect(ec2.state).toEqual(['tcp/80 from 0.0.0.0/0']);
    expect(failures.map(({ code }) => code)).toEqual(['InvalidParameterValue']);
  });

  it('that EC2 does not let go keeps no other stray alive', async () => {
    const ec2 = new SimulatedEc2(liveRules(...['80', '443', '1', '2'].map((port) => `tcp ${port} from 0.0.0.0/0`)));
    ec2.before = (call) => (call.startsWith('revoke') && call.includes('tcp/1 ') ? 'refused' : undefined);

    await run(ec2);

    expect(ec2.state).toEqual(['tcp/1 from 0.0.0.0/0', ...WEB]);
  });
});

describe('many rules', () => {
  it('are sent a hundred at a time', async () => {
    const ec2 = new SimulatedEc2([]);
    ec2.quota = 1000;

    await run(ec2, baseline(Array.from({ length: 201 }, (_, i) => `tcp ${i + 1} from 10.0.0.0/8`)));

    expect(ec2.calls.filter((call) => call.startsWith('authorize')).map((call) => call.split(',').length)).toEqual([100, 100, 1]);
  });

  it('of a group are read page by page', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 1 from 0.0.0.0/0'));
    ec2.pageSize = 1;

    await run(ec2);

    expect(ec2.state).toEqual(WEB);
  });
});

describe('a limit of revocations', () => {
  const limited = (ec2: SimulatedEc2, maxRevocations: number): Promise<Restoration> =>
    restore(ec2, {
      groupId: 'sg-1',
      baseline: web,
      today: '2026-11-23',
      wait: () => Promise.resolve(),
      maxRevocations,
    });
  const drifted = (): SimulatedEc2 => new SimulatedEc2(liveRules(...['1', '2', '3'].map((n) => `tcp ${n} from 0.0.0.0/0`)));

  it('that is exceeded changes nothing at all', async () => {
    const ec2 = drifted();

    const { ending } = await limited(ec2, 2);

    expect(ending).toEqual({ kind: 'too-many', revocations: 3 });
    expect(ec2.calls).toEqual(['read']);
  });

  it('that is just kept is no hindrance', async () => {
    const ec2 = drifted();

    expect((await limited(ec2, 3)).ending).toEqual({ kind: 'done' });
    expect(ec2.state).toEqual(WEB);
  });

  it('is one for all attempts together', async () => {
    const ec2 = drifted();
    // Somebody adds as much again as was revoked.
    const again = drifted().rules.map((rule) => ({ ...rule, ruleId: `${rule.ruleId}-again` }));
    let round = 0;
    ec2.after = (call) => {
      if (call.startsWith('revoke') && round++ === 0) ec2.rules = [...ec2.rules, ...again];
    };

    const { ending, revoked } = await limited(ec2, 4);

    expect(ending).toEqual({ kind: 'too-many', revocations: 6 });
    expect(revoked).toHaveLength(3);
  });

  it('does not count a rule twice that a read which lags behind still shows', async () => {
    const ec2 = drifted();
    const old = ec2.rules;
    let reads = 0;
    ec2.shown = () => (reads++ < 3 ? old : ec2.rules);

    const { ending, remaining } = await limited(ec2, 3);

    expect([ending, isAtBaseline(remaining)]).toEqual([{ kind: 'done' }, true]);
    expect(ec2.calls.map((call) => call.split(' ')[0])).toEqual(['read', 'authorize', 'revoke', 'read', 'read', 'read']);
  });

  describe('that is exceeded does not keep open what lets the world reach a sensitive service:', () => {
    it.each<[string, string[]]>([
      ['a rule that does', ['tcp 22 from 0.0.0.0/0']],
      ['one for all traffic', ['-1 from ::/0']],
      ['several that do together', ['tcp 22 from 0.0.0.0/5', 'tcp 22 from 8.0.0.0/5']],
    ])('%s is revoked, and nothing else', async (_, opening) => {
      const others = ['tcp 1 from 0.0.0.0/0', 'tcp 22 from 10.0.0.0/16', 'udp 52 from ::/0'];
      const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', ...others, ...opening));

      const { ending, revoked, remaining } = await limited(ec2, 2);

      expect(ending).toEqual({ kind: 'too-many', revocations: 3 });
      expect(revoked.map(formatRule)).toEqual(liveRules(...opening).map(formatRule));
      expect(ec2.state).toEqual(
        liveRules('tcp 80 from 0.0.0.0/0', ...others)
          .map(formatRule)
          .sort(),
      );
      expect(remaining.revoke).toHaveLength(3);
    });

    it('declared traffic that passes through it alone is not cut', async () => {
      const ec2 = new SimulatedEc2(liveRules('tcp 0-100 from 0.0.0.0/0', ...['1', '2', '3'].map((port) => `udp ${port} from 0.0.0.0/0`)));

      await limited(ec2, 2);

      // Port 443 does not pass through it, so nothing is done about that.
      expect(ec2.calls).toEqual(['read', 'authorize tcp/80 from 0.0.0.0/0', 'revoke tcp/0-100 from 0.0.0.0/0', 'read']);
    });

    it('it is revoked when a rule that stays for the limit carries its declared traffic, though EC2 takes no declared rule', async () => {
      const ec2 = new SimulatedEc2(liveRules('tcp 22-90 from 0.0.0.0/0', 'tcp 80-100 from 0.0.0.0/0'));
      ec2.before = (call) => (call.startsWith('authorize') ? 'denied' : undefined);

      await limited(ec2, 0);

      expect(ec2.state).toEqual(['tcp/80-100 from 0.0.0.0/0']);
    });

    it('no other rule makes room for a declared one when the group is full', async () => {
      const ec2 = new SimulatedEc2(liveRules('tcp 0-100 from 0.0.0.0/0', ...['1', '2', '3'].map((port) => `udp ${port} from 0.0.0.0/0`)));
      ec2.quota = 4;

      await limited(ec2, 2);

      expect(ec2.calls[2]).toBe('replace tcp/0-100 from 0.0.0.0/0 by tcp/80 from 0.0.0.0/0');
      expect(ec2.state).toEqual(['tcp/80 from 0.0.0.0/0', 'udp/1 from 0.0.0.0/0', 'udp/2 from 0.0.0.0/0', 'udp/3 from 0.0.0.0/0']);
    });

    it('it does not count, so that nobody can use up the limit with it', async () => {
      const ec2 = new SimulatedEc2(liveRules('tcp 22 from 0.0.0.0/0', 'tcp 23 from 0.0.0.0/0', 'tcp 1 from 0.0.0.0/0'));

      expect((await limited(ec2, 1)).ending).toEqual({ kind: 'done' });
      expect(ec2.state).toEqual(WEB);
    });
  });
});

describe('when the time is up', () => {
  const timed = (ec2: SimulatedEc2, calls: number): Promise<Restoration> =>
    restore(ec2, {
      groupId: 'sg-1',
      baseline: web,
      today: '2026-11-23',
      wait: () => Promise.resolve(),
      timeLeft: () => (ec2.calls.length < calls ? 1 : 0),
    });

  it.each([
    [1, ['read'], 'before anything is changed'],
    [2, ['read', 'authorize'], 'between the halves: what is declared is there, and what is not stays'],
    [3, ['read', 'authorize', 'revoke'], 'before it is verified'],
  ])('after %i calls, no other is made', async (calls, made) => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));

    const { ending } = await timed(ec2, calls);

    expect(ec2.calls.map((call) => call.split(' ')[0])).toEqual(made);
    expect(ending).toEqual({ kind: 'out-of-time' });
  });

  it('after the last call, there is nothing to be said of it', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));

    expect((await timed(ec2, 4)).ending).toEqual({ kind: 'done' });
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

  it.each<[string, string, string, (ec2: SimulatedEc2) => void]>([
    [
      'adds a stray after we revoked',
      'revoke',
      'revoke tcp/22 from 0.0.0.0/0',
      (ec2) => (ec2.rules = [...ec2.rules, ...liveRules('tcp 22 from 0.0.0.0/0')]),
    ],
    [
      'adds the stray again that we revoked',
      'revoke',
      'revoke tcp/1 from 0.0.0.0/0',
      (ec2) => (ec2.rules = [...ec2.rules, ...liveRules('tcp 1 from 0.0.0.0/0')]),
    ],
    [
      'removes a declared rule after we read',
      'revoke',
      'authorize tcp/80 from 0.0.0.0/0',
      (ec2) => (ec2.rules = ec2.rules.filter((rule) => formatRule(rule) !== 'tcp/80 from 0.0.0.0/0')),
    ],
    [
      'modifies a rule that we leave, which keeps its id',
      'revoke',
      'authorize tcp/80 from 0.0.0.0/0',
      (ec2) =>
        (ec2.rules = ec2.rules.map((rule) =>
          formatRule(rule) === 'tcp/80 from 0.0.0.0/0' ? { ...rule, ...liveRules('tcp 8080 from 0.0.0.0/0')[0] } : rule,
        )),
    ],
  ])('that %s is met by another plan in the same run', async (_, moment, call, meddle) => {
    const live = liveRules('tcp 1 from 0.0.0.0/0', 'tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0');
    // Rules that are made later have other ids.
    const ec2 = new SimulatedEc2(live.map((rule) => ({ ...rule, ruleId: `${rule.ruleId}-first` })));
    let done = false;
    ec2.after = (made) => {
      if (done || !made.startsWith(moment)) return;
      done = true;
      meddle(ec2);
    };

    const { remaining, isContested } = await run(ec2);

    expect(ec2.state).toEqual(WEB);
    expect([isAtBaseline(remaining), isContested]).toEqual([true, false]);
    // At once: what is new cannot be a read that lags behind.
    expect(ec2.calls.slice(2, 4)).toEqual(['read', call]);
  });

  it('that removes the declared rule which we have just authorized is met by another attempt, once reads have had their time', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 1 from 0.0.0.0/0'));
    let done = false;
    ec2.after = (made) => {
      if (done || !made.startsWith('revoke')) return;
      done = true;
      ec2.rules = ec2.rules.filter((rule) => formatRule(rule) !== 'tcp/443 from 0.0.0.0/0');
    };

    await run(ec2);

    expect(ec2.state).toEqual(WEB);
    expect(ec2.calls.filter((call) => call.startsWith('authorize'))).toHaveLength(2);
  });

  it('that adds another stray after every revocation is given up on after four attempts, and that is told', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 1 from 0.0.0.0/0'));
    let id = 0;
    ec2.after = (call) => {
      if (!call.startsWith('revoke')) return;
      const [stray] = liveRules('tcp 1 from 0.0.0.0/0');
      if (stray !== undefined) ec2.rules = [...ec2.rules, { ...stray, ruleId: `sgr-x${id++}` }];
    };

    const pauses: number[] = [];
    const { remaining, failures, isContested, revoked } = await restore(ec2, {
      groupId: 'sg-1',
      baseline: web,
      today: '2026-11-23',
      wait: (milliseconds) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      },
    });

    expect(remaining.revoke.map(({ rule }) => rule.ruleId)).toEqual(['sgr-x3']);
    expect([failures, isContested, revoked.length]).toEqual([[], true, 4]);
    // Once at once, and then slower each time.
    expect(pauses).toEqual([200, 400, 800]);
  });

  it('that adds a stray again after every call is given up on, and the rest is told', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 1 from 0.0.0.0/0'));
    let id = 0;
    ec2.before = (call) => {
      if (call.startsWith('revoke'))
        ec2.rules = [...ec2.rules.slice(0, 2), ...liveRules('tcp 1 from 0.0.0.0/0').map((rule) => ({ ...rule, ruleId: `sgr-x${id++}` }))];
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
    ec2.forgetsToRevoke = true;

    const { remaining, isContested } = await run(ec2);

    expect(remaining.revoke).toHaveLength(1);
    expect(isContested).toBe(false);
    expect(ec2.calls.filter((call) => call.startsWith('revoke'))).toHaveLength(1);
  });

  it('that still shows what we have turned into a declared rule, beside what somebody has added since, never makes us revoke it', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 0-65535 from 10.0.0.0/8'));
    ec2.quota = 1;
    const old = ec2.rules;
    const [added] = liveRules('tcp 22 from 10.0.0.0/8');
    let reads = 0;
    ec2.shown = () => (reads++ === 1 && added !== undefined ? [...old, { ...added, ruleId: 'sgr-theirs' }] : ec2.rules);

    await run(ec2, baseline(['tcp 22 from 0.0.0.0/0']));

    expect(ec2.state).toEqual(['tcp/22 from 0.0.0.0/0']);
    expect(ec2.calls.filter((call) => call === 'revoke tcp/22 from 0.0.0.0/0')).toEqual([]);
  });

  it('finds the group at its baseline twice before it is believed, when something else says that it is not', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    const stale = liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0');
    let reads = 0;
    ec2.shown = () => (reads++ === 0 ? stale : ec2.rules);
    const pauses: number[] = [];

    await restore(ec2, {
      groupId: 'sg-1',
      baseline: web,
      today: '2026-11-23',
      isDoubtful: () => true,
      wait: (milliseconds) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      },
    });

    expect(pauses[0]).toBeGreaterThanOrEqual(500);
    expect(ec2.state).toEqual(WEB);
  });
});

describe('a write whose answer was lost', () => {
  const lost = (word: string) => (call: string) => (call.startsWith(word) ? ('unanswered' as const) : undefined);

  it.each([
    ['authorize', 'tcp 8080 from 0.0.0.0/0', WEB, ['tcp/8080 from 0.0.0.0/0']],
    ['revoke', 'tcp 8080 from 0.0.0.0/0', WEB, ['tcp/8080 from 0.0.0.0/0']],
  ])('is told as done once a read shows it: %s', async (word, stray, authorizedRules, revokedRules) => {
    const ec2 = new SimulatedEc2(liveRules(stray));
    ec2.before = lost(word);

    const { authorized, revoked, unanswered } = await run(ec2);

    expect([authorized.map(formatRule).sort(), revoked.map(formatRule)]).toEqual([authorizedRules, revokedRules]);
    expect(unanswered).toEqual({ authorized: [], revoked: [] });
  });

  it('is told as done when it turned one rule into another', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 22 from 0.0.0.0/0'));
    ec2.quota = 1;
    ec2.before = lost('replace');

    const { authorized, revoked } = await run(ec2, baseline(['tcp 22 from 10.0.0.0/8']));

    expect([authorized, revoked].map((rules) => rules.map(formatRule))).toEqual([['tcp/22 from 10.0.0.0/8'], ['tcp/22 from 0.0.0.0/0']]);
  });

  it('is not told as done when the reads do not show it', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 8080 from 0.0.0.0/0', 'tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'));
    ec2.before = (call) => (call.startsWith('revoke') ? 'unsent' : undefined);

    expect(await run(ec2)).toMatchObject({ revoked: [], unanswered: { revoked: [{ ruleId: 'sgr-1' }] } });
  });

  it('is not told as done when somebody else made the rule another, which a later attempt revoked', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0', 'tcp 1 from 10.0.0.0/8'));
    const [other] = liveRules('tcp 2 from 10.0.0.0/8');
    if (other === undefined) throw new Error('a rule was written');
    let revocations = 0;
    ec2.before = (call) => {
      if (!call.startsWith('revoke') || revocations++ > 0) return undefined;
      ec2.rules = ec2.rules.map((rule) => (formatRule(rule).startsWith('tcp/1 ') ? { ...other, ruleId: rule.ruleId } : rule));
      return 'unsent';
    };

    expect((await run(ec2)).revoked.map(formatRule)).toEqual(['tcp/2 from 10.0.0.0/8']);
  });

  it('is told as open when nothing could be read after it', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 8080 from 0.0.0.0/0'));
    let reads = 0;
    ec2.before = (call) => (call === 'read' && ++reads > 1 ? 'transient' : lost('authorize')(call));

    const { authorized, revoked, unanswered } = await run(ec2);

    expect([authorized, revoked.map(formatRule)]).toEqual([[], ['tcp/8080 from 0.0.0.0/0']]);
    expect(unanswered.authorized.map(formatRule).sort()).toEqual(WEB);
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

    const { authorized, revoked, ending } = await run(ec2);

    expect(authorized.map(formatRule)).toEqual(['tcp/80 from 0.0.0.0/0', 'tcp/443 from 0.0.0.0/0']);
    expect(revoked.map(formatRule)).toEqual(['tcp/445 from 0.0.0.0/0']);
    expect(ending).toMatchObject({ kind: 'unverified', error: { code: 'RequestLimitExceeded' } });
  });
});

describe('a group that does not exist', () => {
  it('is told from one that lost its rules', async () => {
    const ec2 = new SimulatedEc2([]);
    ec2.exists = false;

    const { ending } = await run(ec2);

    expect(ending).toEqual({ kind: 'gone' });
    expect(ec2.calls).toEqual(['read', 'describe']);
  });

  it.each([
    ['ends as gone, and not at its baseline', {}],
    ['ends as gone in report mode', { mode: 'report' as const }],
  ])('whose baseline declares no rule %s', async (_, rest) => {
    const ec2 = new SimulatedEc2([]);
    ec2.exists = false;

    expect((await run(ec2, baseline([], rest))).ending).toEqual({ kind: 'gone' });
  });

  it('is told from one that was closed, as declared, by our calls and then deleted', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    ec2.after = (call) => {
      if (call.startsWith('revoke')) ec2.exists = false;
    };

    expect((await run(ec2, baseline([]))).ending).toEqual({ kind: 'gone' });
  });

  it('is not suspected when a declared rule refers to a group that does not exist, which keeps no other rule from its place', async () => {
    const ec2 = new SimulatedEc2([]);
    ec2.before = (call) => (call.startsWith('authorize') && call.includes('sg-9') ? 'group-not-found' : undefined);

    const { ending, failures } = await run(ec2, baseline(['tcp 80 from 0.0.0.0/0', 'tcp 81 from sg-9']));

    expect([ending.kind, failures.map(({ code }) => code)]).toEqual(['done', ['InvalidGroup.NotFound']]);
    expect(ec2.state).toEqual(['tcp/80 from 0.0.0.0/0']);
    // Both together, both again, and each by itself.
    expect(ec2.calls.filter((call) => call.startsWith('authorize'))).toHaveLength(4);
  });

  it('is told when it was deleted after our calls', async () => {
    const ec2 = new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0'));
    ec2.after = (call) => {
      if (call.startsWith('revoke')) ec2.exists = false;
    };

    expect((await run(ec2)).ending).toEqual({ kind: 'gone' });
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
      fc.constantFrom<CallErrorKind | undefined>(undefined, 'transient', 'denied', 'quota', 'duplicate', 'rule-not-found'),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(someRules, someRules, fc.integer({ min: 1, max: 8 }), faults, async (declared, live, quota, schedule) => {
        const ec2 = new SimulatedEc2(liveRules(...live));
        ec2.quota = Math.max(quota, live.length);
        const required = baseline(declared);
        const allowed = letIn([...ec2.state, ...new SimulatedEc2(liveRules(...declared)).state]);
        const atLeast = letIn(ec2.state).filter((packet) => letIn(new SimulatedEc2(liveRules(...declared)).state).includes(packet));
        const violations: string[] = [];
        let call = 0;
        const look = (): void => {
          const open = letIn(ec2.state);
          violations.push(...open.filter((packet) => !allowed.includes(packet)), ...atLeast.filter((packet) => !open.includes(packet)));
        };
        ec2.before = (name) => {
          look();
          // The first read must succeed, or nothing is done at all.
          return name === 'read' || name === 'describe' ? undefined : schedule[call++];
        };

        await run(ec2, required);
        look();

        expect(violations).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
