import { liveRules, type SimulatedEc2 } from '@portcullis/security-groups/testing';
import { AT_BASELINE, ec2With, outcomeOf, remediator, WEB, type Remediator } from '../../testing/remediator.js';

interface Played {
  readonly ec2: SimulatedEc2;
  readonly guards: readonly Remediator[];
  /** The number of times that both invocations were ready to make a call. */
  readonly points: number;
}

/**
 * Runs two invocations for one group, in one of the possible orders of their calls. When both invocations are ready to make a call,
 * `choose` picks the invocation that makes the next call.
 */
async function interleaved(live: readonly string[], choose: (point: number) => 0 | 1): Promise<Played> {
  const ec2 = ec2With(...live);
  const waiting: (() => void)[][] = [[], []];
  const guards = waiting.map((seat) => {
    // Each invocation has its own client of the same simulated EC2, and each call waits for its turn.
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
  let points = 0;
  while (running > 0) {
    // When the microtask queue is empty, each invocation waits for its turn or has ended.
    await new Promise((resolve) => setImmediate(resolve));
    const ready = waiting.filter((seat) => seat.length > 0);
    const seat = ready.length === 2 ? ready[choose(points++)] : ready[0];
    seat?.shift()?.();
  }
  await Promise.all(runs);
  return { ec2, guards, points };
}

/** Runs two invocations in every possible order of their calls. After the choices in `prefix`, a run always chooses the first one. */
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

it.each([
  ['a rule must be revoked', [...AT_BASELINE, 'tcp 445 from 0.0.0.0/0', 'tcp 446 from 0.0.0.0/0']],
  ['a rule must be authorized', ['tcp 80 from 0.0.0.0/0']],
  ['one rule must be revoked and another authorized', ['tcp 445 from 0.0.0.0/0']],
  ['declared traffic passes through a rule that must be revoked', ['-1 from 0.0.0.0/0']],
])(
  '5. Two simultaneous invocations for one group reach the baseline without a failure or a retry, in every order of their calls, when %s',
  async (_, live) => {
    const orders = await everyOrder(live, ({ ec2, guards }) => {
      expect(ec2.state).toEqual(WEB);
      for (const { config, logged, findings } of guards) {
        expect(config.kept.map(({ compliance }) => compliance)).toEqual(['COMPLIANT']);
        expect(logged.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
        expect(findings.filter(({ kind }) => kind !== 'restoration')).toEqual([]);
      }
    });

    expect(orders).toBeGreaterThan(10);
  },
  30_000,
);

/** After each revocation, another writer adds the rule again, with a new id. */
function rewrite(ec2: SimulatedEc2, rule: string): () => number {
  let made = 0;
  const again = (): unknown => (ec2.rules = [...ec2.rules, ...liveRules(rule).map((each) => ({ ...each, ruleId: `sgr-again-${made++}` }))]);
  ec2.meddle('revoke', again, Infinity);
  return () => made;
}

it('5. If another writer adds a rule after each revocation, the finding says that somebody else changed the group, and Lambda retries the event', async () => {
  const ec2 = ec2With('tcp 445 from 0.0.0.0/0', ...AT_BASELINE);
  const written = rewrite(ec2, 'tcp 445 from 0.0.0.0/0');

  const { how, annotation, findings } = await outcomeOf(ec2);

  const why = 'somebody else changed the group during the restoration; tcp/445 from 0.0.0.0/0 must be revoked';
  expect([how, annotation, written()]).toEqual(['retried', `not restored: ${why}`, 4]);
  expect(findings).toMatchObject([{ kind: 'drift', outlook: 'the restoration is retried within minutes' }]);
});

it('5. Lambda retries an event after a refused call if somebody else changed the group during the restoration', async () => {
  const ec2 = ec2With('tcp 445 from 0.0.0.0/0').fail('authorize', 'denied');
  rewrite(ec2, 'tcp 446 from 0.0.0.0/0');

  expect((await outcomeOf(ec2)).how).toBe('retried');
});
