/**
 * The standing of a sender at one service: let in by neither set, by the required set only, by the actual set only, or by both. `Standings`
 * is a bit set of the standings that occur among several senders. `Cover` says which of the two sets let in all of the senders.
 */
export type Standings = number;
export type Cover = number;

export const NEITHER: Standings = 1;
export const REQUIRED_ONLY: Standings = 2;
const ACTUAL_ONLY: Standings = 4;
export const BOTH: Standings = 8;

export const NO_COVER: Cover = 0;
export const BY_REQUIRED: Cover = 1;
export const BY_ACTUAL: Cover = 2;

/** Merges `NEITHER` and `BOTH`: both sets agree on those senders, so an answer does not distinguish them. */
export const AGREED = NEITHER;

/** Returns the standings of the same senders if, in addition, the sets in `cover` let in all of them. */
export function under(cover: Cover, standings: Standings): Standings {
  return UNDER[cover * 16 + standings] ?? NEITHER;
}

/** Returns `under(cover, standings)` with `NEITHER` and `BOTH` merged into `AGREED`. */
export function toldUnder(cover: Cover, standings: Standings): Standings {
  return TOLD[cover * 16 + standings] ?? AGREED;
}

/** Reports whether exactly one standing occurs. */
export function isUniform(standings: Standings): boolean {
  return (standings & (standings - 1)) === 0;
}

/** Reports whether the answer for these senders differs between the two covers. */
export function differsUnder(before: Cover, after: Cover, standings: Standings): boolean {
  return (standings & (CHANGED[before * 4 + after] ?? 0)) !== 0;
}

// Lookup tables, because the sweep calls these functions at every step and for every block.
const UNDER: readonly Standings[] = Array.from({ length: 64 }, (_, index) => {
  let standings = index & 15;
  if ((index & (BY_REQUIRED * 16)) !== 0) {
    standings = ((standings & (NEITHER | ACTUAL_ONLY)) << 1) | (standings & (REQUIRED_ONLY | BOTH));
  }
  if ((index & (BY_ACTUAL * 16)) !== 0) {
    standings = ((standings & (NEITHER | REQUIRED_ONLY)) << 2) | (standings & (ACTUAL_ONLY | BOTH));
  }
  return standings;
});
const TOLD: readonly Standings[] = UNDER.map(
  (standings) => (standings & (REQUIRED_ONLY | ACTUAL_ONLY)) | ((standings & (NEITHER | BOTH)) === 0 ? 0 : AGREED),
);
// For each pair of covers, the standings with different results.
const CHANGED: readonly Standings[] = Array.from({ length: 16 }, (_, index) =>
  [NEITHER, REQUIRED_ONLY, ACTUAL_ONLY, BOTH]
    .filter((standing) => toldUnder(index >> 2, standing) !== toldUnder(index & 3, standing))
    .reduce((changed, standing) => changed | standing, 0),
);
