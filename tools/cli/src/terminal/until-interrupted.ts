import { Interrupted } from '../program/failure.js';

/**
 * Yields the items until the signal is aborted, or they end.
 *
 * @throws {Interrupted} once the signal is aborted, be it between two items, after the last or in the midst of a call.
 */
export async function* untilInterrupted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    for await (const item of items) {
      if (signal.aborted) throw new Interrupted('interrupted');
      yield item;
    }
  } catch (error) {
    throw signal.aborted ? new Interrupted('interrupted', { cause: error }) : error;
  }
  if (signal.aborted) throw new Interrupted('interrupted');
}

/**
 * Resolves as the promise does. For what may be left where it is: nothing waits for the promise any more.
 *
 * @throws {Interrupted} as soon as the signal is aborted.
 */
export async function orInterrupted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
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
