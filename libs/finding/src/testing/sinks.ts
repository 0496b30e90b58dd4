import type { FindingSink } from '../sinks/sink.js';

/** Returns a sink, and the list to which the sink adds the id of every finding that it receives. */
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
