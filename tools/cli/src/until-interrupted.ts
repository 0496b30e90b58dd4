import { Interrupted } from './failure.js';

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
