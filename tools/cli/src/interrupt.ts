/** Ctrl-C, for the commands that can end well. */

interface Interruptible {
  on(event: 'SIGINT', listener: () => void): unknown;
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
  let first = 0;
  process.on('SIGINT', () => {
    if (!interrupted.signal.aborted) {
      first = now();
      interrupted.abort();
    } else if (now() - first >= ONE_INTERRUPT) process.exit(130);
  });
  return interrupted.signal;
}
