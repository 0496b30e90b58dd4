import { setMaxListeners } from 'node:events';

/**
 * Calls `run` with each item and its index. Makes at most `atOnce` calls at a time, and requests the next item only when a call ends. After
 * the signal is aborted, makes no further calls. Rejects with the first error.
 */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  signal: AbortSignal,
  run: (item: T, index: number) => Promise<void>,
): Promise<void> {
  // Each call in flight listens to the signal. Node.js would warn of a leak at the eleventh listener.
  setMaxListeners(0, signal);
  let index = 0;
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = await iterator.next(); next.done !== true && !signal.aborted; next = await iterator.next())
      await run(next.value, index++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
