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

/** Returns the standings of the same senders once the sets of `cover` let in all of them besides. */
export function under(cover: Cover, standings: Standings): Standings {
  let result = standings;
  if ((cover & BY_REQUIRED) !== 0) {
    result = ((result & (NEITHER | ACTUAL_ONLY)) << 1) | (result & (REQUIRED_ONLY | BOTH));
  }
  if ((cover & BY_ACTUAL) !== 0) {
    result = ((result & (NEITHER | REQUIRED_ONLY)) << 2) | (result & (ACTUAL_ONLY | BOTH));
  }
  return result;
}

/** Standings with `NEITHER` and `BOTH` as one: the sets agree on those senders, so that an answer does not tell them apart. */
export const AGREED = NEITHER;
export function toldApart(standings: Standings): Standings {
  return (standings & (REQUIRED_ONLY | ACTUAL_ONLY)) | ((standings & (NEITHER | BOTH)) === 0 ? 0 : AGREED);
}

/** Reports whether just one standing occurs. */
export function isUniform(standings: Standings): boolean {
  return (standings & (standings - 1)) === 0;
}

/** Reports whether an answer tells anything of these senders differently under another cover. */
export function differsUnder(before: Cover, after: Cover, standings: Standings): boolean {
  return (standings & (CHANGED[before * 4 + after] ?? 0)) !== 0;
}

// For each two covers, the standings that come out differently.
const CHANGED: readonly Standings[] = Array.from({ length: 16 }, (_, index) => {
  const before = index >> 2;
  const after = index & 3;
  return [NEITHER, REQUIRED_ONLY, ACTUAL_ONLY, BOTH]
    .filter((standing) => toldApart(under(before, standing)) !== toldApart(under(after, standing)))
    .reduce((changed, standing) => changed | standing, 0);
});
