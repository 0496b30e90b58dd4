/** What the sandbox still has to do after it answered a call. */
export class Work {
  private unfinished = 0;
  private readonly errors: unknown[] = [];
  private readonly waiting: (() => void)[] = [];

  /** Starts a job now and counts it as unfinished until it ends. A job that fails makes the next `settled` reject. */
  start(job: () => Promise<void>): void {
    this.unfinished += 1;
    job()
      .catch(this.fail.bind(this))
      .finally(() => {
        this.unfinished -= 1;
        if (this.unfinished === 0) for (const resolve of this.waiting.splice(0)) resolve();
      });
  }

  /** Makes the next `settled` reject. */
  fail(error: unknown): void {
    this.errors.push(error);
  }

  /** Resolves when nothing is unfinished. Rejects, once, with the first error since it was last asked. */
  async settled(): Promise<void> {
    while (this.unfinished > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const [error] = this.errors.splice(0);
    if (error !== undefined) throw error instanceof Error ? error : new Error(JSON.stringify(error));
  }
}

/** Returns what runs one job after the other, in the order in which they are given. */
export function createQueue(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const next = last.then(job, job);
    last = next.catch(() => undefined); // the error is the caller's; the queue only waits for the end
    return next;
  };
}
