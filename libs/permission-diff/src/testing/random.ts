/** Returns an integer that is at least 0 and less than `limit`. */
export type Random = (limit: number) => number;

/** Returns a seeded generator of random numbers (Mulberry32). The same seed gives the same numbers on every machine. */
export function randomOf(seed: number): Random {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
