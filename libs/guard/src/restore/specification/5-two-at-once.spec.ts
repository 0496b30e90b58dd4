import { liveRules, SimulatedEc2 } from '@portcullis/security-groups/testing';
import { AT_BASELINE, remediator, WEB, type Remediator } from '../../testing/remediator.js';

/**
 * Runs two invocations for one group in one of the orders that their calls can take. A call waits until its invocation is chosen; `choose`
 * says which of the two goes on wherever both could. Returns what was left to choose at each point.
 */
async function interleaved(live: readonly string[], choose: (point: number) => 0 | 1): Promise<Played> {
  const ec2 = new SimulatedEc2(liveRules(...live));
  const waiting: (() => void)[][] = [[], []];
  const guards = [0, 1].map((which) => {
    const seat = waiting[which] ?? [];
    // Its own view of the same EC2: each call waits for its turn.
    const turns: SimulatedEc2 = Object.create(ec2, {}) as SimulatedEc2;
    for (const call of ['readRules', 'describeGroup', 'authorize', 'revoke', 'replace'] as const) {
      const made = ec2[call] as (...given: unknown[]) => Promise<unknown>;
      Object.defineProperty(turns, call, {
        value: async (...given: unknown[]) => {
          await new Promise<void>((resolve) => seat.push(resolve));
          return made(...given);
        },
      });
    }
    return remediator(turns);
  });
  let running = 2;
  const runs = guards.map((guard) =>
    guard.run().finally(() => {
      running--;
    }),
  );
  const choices: boolean[] = [];
  while (running > 0) {
    // All that can go on without a turn has done so once the queue of microtasks is empty.
    await new Promise((resolve) => setImmediate(resolve));
    const ready = [0, 1].filter((which) => (waiting[which] ?? []).length > 0);
    if (ready.length === 0) continue;
    const which = ready.length === 2 ? choose(choices.push(true) - 1) : ready[0];
    waiting[which ?? 0]?.shift()?.();
  }
  await Promise.all(runs);
  return { ec2, guards, points: choices.length };
}

interface Played {
  readonly ec2: SimulatedEc2;
  readonly guards: readonly Remediator[];
  /** At how many points either could have gone on. */
  readonly points: number;
}

/** Plays every order there is: each play is continued with the first invocation wherever it has not been told which. */
async function everyOrder(live: readonly string[], check: (played: Played) => void): Promise<number> {
  const prefixes: (0 | 1)[][] = [[]];
  let played = 0;
  for (let prefix = prefixes.pop(); prefix !== undefined; prefix = prefixes.pop()) {
    const told = prefix;
    const play = await interleaved(live, (point) => told[point] ?? 0);
    check(play);
    played++;
    for (let point = told.length; point < play.points; point++) {
      prefixes.push([...told, ...Array<0>(point - told.length).fill(0), 1]);
    }
  }
  return played;
}

describe('5. Two invocations for one group at once, in every order that their calls can take,', () => {
  it.each([
    ['something must be revoked', [...AT_BASELINE, 'tcp 445 from 0.0.0.0/0', 'tcp 446 from 0.0.0.0/0']],
    ['something must be authorized', ['tcp 80 from 0.0.0.0/0']],
    ['both', ['tcp 445 from 0.0.0.0/0']],
    ['declared traffic passes through what must go', ['-1 from 0.0.0.0/0']],
  ])('end at the baseline without an error, a failure or a retry when %s', async (_, live) => {
    const orders = await everyOrder(live, ({ ec2, guards }) => {
      expect(ec2.state).toEqual(WEB);
      for (const { config, logged, findings } of guards) {
        expect(config.kept.map(({ compliance }) => compliance)).toEqual(['COMPLIANT']);
        expect(logged.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
        expect(findings.filter(({ kind }) => kind !== 'restoration')).toEqual([]);
      }
    });

    expect(orders).toBeGreaterThan(10);
  });
});

describe('5. Somebody else who changes the group while it is restored', () => {
  const strayed = (): SimulatedEc2 => new SimulatedEc2(liveRules('tcp 445 from 0.0.0.0/0', ...AT_BASELINE));
  const [http, other] = liveRules('tcp 80 from 0.0.0.0/0', 'tcp 22 from 0.0.0.0/0');

  it.each<[string, (ec2: SimulatedEc2) => void]>([
    ['adds a rule', (ec2) => (ec2.rules = [...ec2.rules, ...(other === undefined ? [] : [other])])],
    [
      'removes a declared rule',
      (ec2) => (ec2.rules = ec2.rules.filter(({ traffic }) => JSON.stringify(traffic) !== JSON.stringify(http?.traffic))),
    ],
  ])('and %s finds it at its baseline when the same invocation ends, without a retry', async (_, meddle) => {
    const ec2 = strayed();
    let done = false;
    ec2.after = (call) => {
      if (done || !call.startsWith('revoke')) return;
      done = true;
      meddle(ec2);
    };
    const guard = remediator(ec2);

    await guard.run();

    expect(ec2.state).toEqual(WEB);
    expect(guard.config.kept).toMatchObject([{ compliance: 'COMPLIANT' }]);
  });

  it('and adds a rule as often as one is revoked is named as the reason, and Lambda is to try again', async () => {
    const ec2 = strayed();
    let made = 0;
    ec2.after = (call) => {
      const [stray] = liveRules('tcp 445 from 0.0.0.0/0');
      if (call.startsWith('revoke') && stray !== undefined) ec2.rules = [...ec2.rules, { ...stray, ruleId: `sgr-again-${made++}` }];
    };
    const guard = remediator(ec2);

    await expect(guard.run()).rejects.toThrow(
      'not restored: somebody else changed the group while it was restored; tcp/445 from 0.0.0.0/0 must be revoked',
    );

    expect(guard.findings).toMatchObject([{ kind: 'drift', outlook: 'the restoration is retried within minutes' }]);
    expect(made).toBe(4);
  });
});
