/** Interrupts a command on Ctrl-C, or when the terminal closes, the CI job is cancelled, or the reader of the output exits. */
import { Interrupted } from './failure.js';

/** A cancelled job gets SIGTERM; a closed terminal sends SIGHUP. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Interruptible {
  on(event: (typeof SIGNALS)[number], listener: () => void): unknown;
  exit(code: number): void;
}

/** One Ctrl-C can arrive twice: from the terminal and from the process that started this process. */
const SAME_INTERRUPT_MILLISECONDS = 1000;

let controller: AbortController | undefined;

/**
 * Returns a signal that is aborted at the first interrupt. An interrupt at least a second later ends the process. Before the first call of
 * `processInterruptSignal`, every interrupt ends the process.
 */
export function processInterruptSignal(process: Interruptible, now: () => number = Date.now): AbortSignal {
  if (controller !== undefined) return controller.signal;
  const interrupted = new AbortController();
  controller = interrupted;
  let first: number | undefined;
  for (const signal of SIGNALS)
    process.on(signal, () => {
      first ??= now();
      if (!interrupted.signal.aborted) interrupted.abort();
      else if (now() - first >= SAME_INTERRUPT_MILLISECONDS) process.exit(130);
    });
  return interrupted.signal;
}

/** Aborts the signal of `processInterruptSignal`. Returns `false` if no command has called `processInterruptSignal`. */
export function interruptCommand(): boolean {
  controller?.abort();
  return controller !== undefined;
}

/**
 * Returns the result of the promise. After an interrupt, ignores the result, but does not cancel the promise.
 *
 * @throws {Interrupted} as soon as the signal is aborted.
 */
export async function awaitUnlessInterrupted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const interrupted = (): void => {
      reject(new Interrupted('interrupted'));
    };
    if (signal.aborted) interrupted();
    signal.addEventListener('abort', interrupted, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', interrupted);
    });
  });
}
