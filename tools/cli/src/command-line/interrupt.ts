/** Interrupts a command when the user presses Ctrl-C, when its terminal or job ends, or when the program that reads its output ends. */
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
 * Returns a signal that the first interrupt aborts. After a call of this function, the first interrupt does not end the process. A second
 * interrupt ends the process if it arrives at least a second later. If no command has called this function, the first interrupt ends the
 * process.
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

/** Interrupts the command if the command has called `processInterruptSignal`. Returns whether the command has called it. */
export function interruptCommand(): boolean {
  controller?.abort();
  return controller !== undefined;
}

/**
 * Returns the result of the promise. If the signal is aborted first, the promise is not cancelled, but its result is ignored.
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
