/**
 * Says which of two sets of rules let in a sender at one service. The two sets are called sides: `required` and `actual`. Each possible
 * answer is one bit. Several bits together describe senders with different answers.
 */
export type SenderAccess = number;
/** The sides that let in every sender, as the bits `BY_REQUIRED` and `BY_ACTUAL`. */
export type Cover = number;

export const NEITHER: SenderAccess = 1;
export const REQUIRED_ONLY: SenderAccess = 2;
const ACTUAL_ONLY: SenderAccess = 4;
export const BOTH: SenderAccess = 8;

export const NO_COVER: Cover = 0;
export const BY_REQUIRED: Cover = 1;
export const BY_ACTUAL: Cover = 2;

/** Both sides let in the sender, or neither side does. */
export const AGREED = NEITHER;

/** Returns the access of the senders if the sides in `cover` also let in all of these senders. */
export function accessUnderCover(cover: Cover, access: SenderAccess): SenderAccess {
  let result = access;
  if ((cover & BY_REQUIRED) !== 0) result = ((result & (NEITHER | ACTUAL_ONLY)) << 1) | (result & (REQUIRED_ONLY | BOTH));
  if ((cover & BY_ACTUAL) !== 0) result = ((result & (NEITHER | REQUIRED_ONLY)) << 2) | (result & (ACTUAL_ONLY | BOTH));
  return result;
}

/** The results of `comparedAccessUnderCover`, because a lookup is faster. The index is the cover times 16, plus the access. */
const COMPARED_ACCESS = Uint8Array.from({ length: 64 }, (_, index) => {
  const covered = accessUnderCover(index >> 4, index & 15);
  return (covered & (REQUIRED_ONLY | ACTUAL_ONLY)) | ((covered & (NEITHER | BOTH)) === 0 ? 0 : AGREED);
});

/** The same as `accessUnderCover`, but with `AGREED` in place of `NEITHER` and `BOTH`. */
export function comparedAccessUnderCover(cover: Cover, access: SenderAccess): SenderAccess {
  return COMPARED_ACCESS[cover * 16 + access] ?? 0;
}

/** Reports whether all senders have the same access, which means that only one bit is set. */
export function isUniformAccess(access: SenderAccess): boolean {
  return (access & (access - 1)) === 0;
}

/**
 * A table for `isComparedAccessChanged`, with one number for each cover. Each of the lower 4 bits stands for an access value: the bit is
 * set if the cover turns this value into `REQUIRED_ONLY`. The upper 4 bits do the same for `ACTUAL_ONLY`.
 */
const COMPARED: readonly number[] = [REQUIRED_ONLY | (ACTUAL_ONLY << 4), NEITHER | REQUIRED_ONLY, (NEITHER | ACTUAL_ONLY) << 4, 0];

/** Reports whether `comparedAccessUnderCover` differs between the two covers for any of these senders. */
export function isComparedAccessChanged(before: Cover, after: Cover, access: SenderAccess): boolean {
  const changed = (COMPARED[before] ?? 0) ^ (COMPARED[after] ?? 0);
  // Stryker disable next-line ConditionalExpression: the answer `true` only takes more time
  return (access & (changed | (changed >> 4))) !== 0;
}
