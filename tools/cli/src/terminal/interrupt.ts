/** What ends a command before it is done: Ctrl-C, the end of its terminal or its job, and that nobody reads what it says. */

/** A job that is cancelled gets the second, a terminal that is closed sends the third. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Interruptible {
  on(event: (typeof SIGNALS)[number], listener: () => void): unknown;
  exit(code: number): void;
}

/** Both a terminal and the process that began this one may tell of one Ctrl-C. */
const ONE_INTERRUPT = 1000;

let controller: AbortController | undefined;

/**
 * Returns the signal that is aborted by the first interrupt; from now on that one does not end the process, and only one more does, a second later or
 * after. A command that does not ask for it ends at once, as any program does.
 */
export function interruptible(process: Interruptible, now: () => number = Date.now): AbortSignal {
  if (controller !== undefined) return controller.signal;
  const interrupted = new AbortController();
  controller = interrupted;
  let first: number | undefined;
  for (const signal of SIGNALS)
    process.on(signal, () => {
      first ??= now();
      if (!interrupted.signal.aborted) interrupted.abort();
      else if (now() - first >= ONE_INTERRUPT) process.exit(130);
    });
  return interrupted.signal;
}

/** Interrupts the command, if it can be, and returns whether it can. */
export function interrupt(): boolean {
  controller?.abort();
  return controller !== undefined;
}
