import type { FindingSink } from '../sinks/sink.js';

/** Returns a sink that keeps the ids of the findings that it received. */
export function keepingSink(): { readonly kept: string[]; readonly sink: FindingSink } {
  const kept: string[] = [];
  const sink: FindingSink = {
    name: 'kept',
    emit: (findings) => {
      kept.push(...findings.map(({ id }) => id));
      return Promise.resolve([]);
    },
  };
  return { kept, sink };
}
