/**
 * The standing of a sender at one service says which sets of rules let the sender in: neither, only the required set, only the actual set,
 * or both. `Standings` is a bit set: the standings that occur among several senders. `Cover` is a bit set: the sets of rules that let in
 * all of these senders.
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

/** Stands for both `NEITHER` and `BOTH`: the two sets of rules agree on these senders, so a result does not distinguish the two cases. */
export const AGREED = NEITHER;

/** Returns the standings of the same senders if the sets of rules in `cover` let in all of these senders, too. */
export function standingsUnderCover(cover: Cover, standings: Standings): Standings {
  let result = standings;
  if ((cover & BY_REQUIRED) !== 0) result = ((result & (NEITHER | ACTUAL_ONLY)) << 1) | (result & (REQUIRED_ONLY | BOTH));
  if ((cover & BY_ACTUAL) !== 0) result = ((result & (NEITHER | REQUIRED_ONLY)) << 2) | (result & (ACTUAL_ONLY | BOTH));
  return result;
}

/** Returns the same as `standingsUnderCover(cover, standings)`, but with `NEITHER` and `BOTH` merged into `AGREED`. */
export function reportedStandings(cover: Cover, standings: Standings): Standings {
  const told = standingsUnderCover(cover, standings);
  return (told & (REQUIRED_ONLY | ACTUAL_ONLY)) | ((told & (NEITHER | BOTH)) === 0 ? 0 : AGREED);
}

/** Reports whether exactly one standing occurs in the bit set. */
export function isSingleStanding(standings: Standings): boolean {
  return (standings & (standings - 1)) === 0;
}

/**
 * For each cover: the standings that become `REQUIRED_ONLY` under the cover, and, 4 bits higher, the standings that become `ACTUAL_ONLY`.
 */
const REPORTED: readonly number[] = [REQUIRED_ONLY | (ACTUAL_ONLY << 4), NEITHER | REQUIRED_ONLY, (NEITHER | ACTUAL_ONLY) << 4, 0];

/** Reports whether the result for senders with these standings differs between the two covers. */
export function reportDiffersUnderCovers(before: Cover, after: Cover, standings: Standings): boolean {
  const changed = (REPORTED[before] ?? 0) ^ (REPORTED[after] ?? 0);
  return (standings & (changed | (changed >> 4))) !== 0;
}
