/**
 * `SenderAccess` says which sides let a sender in at one service: neither side, one side, or both sides. A side is a set of rules. The
 * values are bits, so the access of several senders is one bit set.
 */
export type SenderAccess = number;
/** A bit set of the sides that let in all senders of a cell. */
export type Cover = number;

export const NEITHER: SenderAccess = 1;
export const REQUIRED_ONLY: SenderAccess = 2;
const ACTUAL_ONLY: SenderAccess = 4;
export const BOTH: SenderAccess = 8;

export const NO_COVER: Cover = 0;
export const BY_REQUIRED: Cover = 1;
export const BY_ACTUAL: Cover = 2;

/** The compared access of senders that both sides let in, and of senders that neither side lets in. */
export const AGREED = NEITHER;

/** Returns the access of the same senders after the sides in `cover` let in all of them. */
export function accessUnderCover(cover: Cover, access: SenderAccess): SenderAccess {
  let result = access;
  if ((cover & BY_REQUIRED) !== 0) result = ((result & (NEITHER | ACTUAL_ONLY)) << 1) | (result & (REQUIRED_ONLY | BOTH));
  if ((cover & BY_ACTUAL) !== 0) result = ((result & (NEITHER | REQUIRED_ONLY)) << 2) | (result & (ACTUAL_ONLY | BOTH));
  return result;
}

/** Returns `accessUnderCover(cover, access)`, with `AGREED` instead of `NEITHER` and `BOTH`. */
export function comparedAccessUnderCover(cover: Cover, access: SenderAccess): SenderAccess {
  const covered = accessUnderCover(cover, access);
  return (covered & (REQUIRED_ONLY | ACTUAL_ONLY)) | ((covered & (NEITHER | BOTH)) === 0 ? 0 : AGREED);
}

/** Reports whether all senders have the same access, so that one bit is set. */
export function isUniformAccess(access: SenderAccess): boolean {
  return (access & (access - 1)) === 0;
}

/**
 * For each cover, in the lower 4 bits: the access that becomes `REQUIRED_ONLY` under the cover. In the upper 4 bits: the access that becomes
 * `ACTUAL_ONLY`.
 */
const COMPARED: readonly number[] = [REQUIRED_ONLY | (ACTUAL_ONLY << 4), NEITHER | REQUIRED_ONLY, (NEITHER | ACTUAL_ONLY) << 4, 0];

/** Reports whether the compared access of any of these senders differs between the two covers. */
export function isComparedAccessChanged(before: Cover, after: Cover, access: SenderAccess): boolean {
  const changed = (COMPARED[before] ?? 0) ^ (COMPARED[after] ?? 0);
  return (access & (changed | (changed >> 4))) !== 0;
}
