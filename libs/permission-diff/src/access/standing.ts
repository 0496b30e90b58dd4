/**
 * How senders stand between two sets, at one service: let in by neither, by the required set only, by the actual set only, or by both.
 * A `Standings` is the set of those that occur among some senders, as bits. A `Cover` says which of the two sets let in all of them.
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

/** Standings with `NEITHER` and `BOTH` as one: the sets agree on those senders, so that an answer does not tell them apart. */
export const AGREED = NEITHER;

/** Returns the standings of the same senders if the sets of `cover` let in all of them besides. */
export function under(cover: Cover, standings: Standings): Standings {
  return UNDER[cover * 16 + standings] ?? NEITHER;
}

/** Returns `under(cover, standings)` with `NEITHER` and `BOTH` as `AGREED`. */
export function toldUnder(cover: Cover, standings: Standings): Standings {
  return TOLD[cover * 16 + standings] ?? AGREED;
}

/** Reports whether just one standing occurs. */
export function isUniform(standings: Standings): boolean {
  return (standings & (standings - 1)) === 0;
}

/** Reports whether an answer tells anything of these senders differently under another cover. */
export function differsUnder(before: Cover, after: Cover, standings: Standings): boolean {
  return (standings & (CHANGED[before * 4 + after] ?? 0)) !== 0;
}

// Tables: each function is called for every step of the sweep and every block.
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
// For each two covers, the standings that come out differently.
const CHANGED: readonly Standings[] = Array.from({ length: 16 }, (_, index) =>
  [NEITHER, REQUIRED_ONLY, ACTUAL_ONLY, BOTH]
    .filter((standing) => toldUnder(index >> 2, standing) !== toldUnder(index & 3, standing))
    .reduce((changed, standing) => changed | standing, 0),
);
