import { Bench } from 'tinybench';

/** How long one call takes, in milliseconds. */
export interface Timing {
  readonly median: number;
  readonly p99: number;
  /** The fastest: what the code costs when nothing else is at work on the machine. */
  readonly min: number;
  readonly samples: number;
}

/** Times calls side by side, after warming them up. `time` is how long each is measured, in milliseconds. */
export async function timingsOf<Name extends string>(
  calls: Readonly<Record<Name, () => unknown>>,
  time: number,
): Promise<Readonly<Record<Name, Timing>>> {
  const bench = new Bench({ time, warmupTime: time / 4, iterations: 5, warmupIterations: 3 });
  for (const [name, call] of Object.entries<() => unknown>(calls)) {
    bench.add(name, () => {
      call();
    });
  }
  await bench.run();
  const entries = bench.tasks.map(({ name, result }) => {
    if (result.state !== 'completed') throw new Error(`${name} was not measured: ${result.state}`, { cause: result });
    const { p50, p99, min, samplesCount } = result.latency;
    return [name, { median: p50, p99, min, samples: samplesCount }] as const;
  });
  return Object.fromEntries(entries) as Record<Name, Timing>;
}

/**
 * Times calls of each size in turn, a few at once, `rounds` times over, and returns the fastest of each, in milliseconds: what else the
 * machine does in the meantime falls on all sizes alike, and the fastest is the one it fell on least.
 */
export function fastestOfEach(calls: readonly (() => unknown)[], rounds: number): readonly number[] {
  const fastest = calls.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    for (const [i, call] of calls.entries()) {
      for (let repeat = 0; repeat < 4; repeat++) {
        const start = performance.now();
        call();
        fastest[i] = Math.min(fastest[i] ?? Infinity, performance.now() - start);
      }
    }
  }
  return fastest;
}
