import { types } from 'node:util';

/** What the sandbox still has to do after it answered a call. */
export interface Work {
  /**
   * Starts a job now and counts it as unfinished until it ends. A job that fails makes the next `settled` reject;
   * nothing else hears of it.
   */
  start(job: () => Promise<void>): void;
  /** Makes the next `settled` reject. */
  fail(fault: unknown): void;
  /** Resolves when nothing is unfinished. Rejects, once, with the first fault since it was last asked. */
  settled(): Promise<void>;
}

export const createWork = (): Work => {
  let unfinished = 0;
  let faults: Error[] = [];
  let waiting: (() => void)[] = [];

  const wake = (): void => {
    if (unfinished > 0) return;
    const ready = waiting;
    waiting = [];
    for (const resolve of ready) resolve();
  };

  const fail = (fault: unknown): void => {
    faults.push(types.isNativeError(fault) ? fault : new Error('something in the sandbox failed', { cause: fault }));
  };

  return {
    start: (job) => {
      unfinished += 1;
      job()
        .catch(fail)
        .finally(() => {
          unfinished -= 1;
          wake();
        });
    },
    fail,
    settled: async () => {
      while (unfinished > 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const [fault] = faults;
      faults = [];
      if (fault !== undefined) throw fault;
    },
  };
};

/** Runs one job after the other, in the order in which they were given. */
export const createQueue = (): (<T>(job: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const next = last.then(job, job);
    last = next.catch(() => undefined); // the fault is the caller's; the queue only waits for the end
    return next;
  };
};
