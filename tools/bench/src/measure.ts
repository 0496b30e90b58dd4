import { fileURLToPath } from 'node:url';
import { Bench } from 'tinybench';

/** The root of the repository, relative to both `src` and `out-tsc`. */
export const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));

/** The milliseconds that one call takes. */
export interface Timing {
  readonly median: number;
  /** The fastest call, which is the best estimate for an idle machine. */
  readonly fastest: number;
}

/** Repeats each function for `time` milliseconds after a warm-up, and returns how long one call takes. */
export async function benchTimings<Name extends string>(
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
  const timings = bench.tasks.map(({ name, result }) => {
    if (result.state !== 'completed') throw new Error(`${name} was not measured: ${result.state}`, { cause: result });
    return [name, { median: result.latency.p50, fastest: result.latency.min }] as const;
  });
  return Object.fromEntries(timings) as Record<Name, Timing>;
}

/**
 * Returns the milliseconds of the fastest call of each function, which other work on the machine slows least. Each round calls every
 * function four times, so that other work slows all functions equally.
 */
export function benchFastestRuns(calls: readonly (() => unknown)[], rounds: number): readonly number[] {
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

export function benchMedian(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
