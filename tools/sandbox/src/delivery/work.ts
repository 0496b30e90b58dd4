/** The unfinished jobs of the sandbox. A job can start more jobs. */
export class Work {
  private unfinished = 0;
  private readonly errors: unknown[] = [];
  private readonly waiting: (() => void)[] = [];

  /** Starts a job. If the job fails, the next call of `settled` rejects. */
  start(job: () => Promise<void>): void {
    this.unfinished += 1;
    job()
      .catch(this.fail.bind(this))
      .finally(() => {
        this.unfinished -= 1;
        if (this.unfinished === 0) for (const resolve of this.waiting.splice(0)) resolve();
      });
  }

  /** Makes the next call of `settled` reject with this error. */
  fail(error: unknown): void {
    this.errors.push(error);
  }

  /** Resolves when all jobs have ended. Rejects with the first error since the last call of `settled`. */
  async settled(): Promise<void> {
    while (this.unfinished > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const [error] = this.errors.splice(0);
    if (error !== undefined) throw error instanceof Error ? error : new Error(JSON.stringify(error));
  }
}

/** Returns a function that runs jobs one after another. */
export function createJobQueue(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const next = last.then(job, job);
    last = next.catch(() => undefined); // the promise `next` reports the error to the caller
    return next;
  };
}
