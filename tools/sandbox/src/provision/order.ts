/** What comes after what. */
export interface Order {
  /** Every node after all that it depends on; otherwise as given. Nodes of a cycle, and those behind it, are missing. */
  readonly order: readonly string[];
  /** Each cycle once, from a node back to itself: `['a', 'b', 'a']`. */
  readonly cycles: readonly (readonly string[])[];
}

/**
 * Orders nodes by what they depend on. Cycles that have a node in common are reported as one. Dependencies on what is not among the nodes
 * are not looked at.
 */
export const orderByDependency = (dependencies: ReadonlyMap<string, ReadonlySet<string>>): Order => {
  const waiting = new Map(
    [...dependencies].map(([node, needs]) => [node, new Set([...needs].filter((need) => dependencies.has(need)))]),
  );
  const order = takeFree(waiting);
  const cycles: string[][] = [];
  // What still waits is in a cycle or behind one. A walk along what is waited for must come back to where it has been.
  for (;;) {
    const [start] = waiting.keys();
    if (start === undefined) return { order, cycles };
    const path: string[] = [];
    let node = start;
    while (!path.includes(node)) {
      path.push(node);
      const [next] = waiting.get(node) ?? [];
      if (next === undefined) throw new Error(`\`${node}\` waits for nothing and was not taken`);
      node = next;
    }
    const cycle = path.slice(path.indexOf(node));
    cycles.push([...cycle, node]);
    for (const member of cycle) waiting.delete(member);
    for (const needs of waiting.values()) for (const member of cycle) needs.delete(member);
    takeFree(waiting);
  }
};

/** Takes out all that wait for nothing, again and again, and returns them in the order they became free. */
const takeFree = (waiting: Map<string, Set<string>>): readonly string[] => {
  const taken: string[] = [];
  for (;;) {
    const free = [...waiting].find(([, needs]) => needs.size === 0)?.[0];
    if (free === undefined) return taken;
    taken.push(free);
    waiting.delete(free);
    for (const needs of waiting.values()) needs.delete(free);
  }
};
