import type { FindingSink } from './sink.js';

/**
 * Returns a sink whose code is loaded when there is something to deliver, so that only those who use it pay for it at a cold start. When it
 * cannot be loaded, every finding is undelivered: the function does its work all the same.
 */
export function loaded(name: string, load: () => Promise<FindingSink>): FindingSink {
  let loading: Promise<FindingSink> | undefined;
  return {
    name,
    emit: async (findings, signal) => {
      loading ??= load();
      return (await loading).emit(findings, signal);
    },
  };
}
