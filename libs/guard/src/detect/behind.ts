/** Reads what is attached to groups that are open to the internet, without ever holding up a finding for long. */
import { withTimeout } from '@portcullis/finding';
import type { Behind } from '@portcullis/security-groups';

/** How long all reads of one event may take together, in milliseconds. The remediator is woken meanwhile. */
export const BEHIND_MILLISECONDS = 2_000;

/** One call can drift many groups, and EC2 throttles. The findings about further groups do not say what is attached. */
const MAX_GROUPS = 20;

/** Returns what is in the group; `null` if that is unknown. Never rejects. */
export type BehindReader = (groupId: string) => Promise<Behind | null>;

/**
 * Returns the reader for one event. It reads at most 20 groups, and no further group after a read that failed or did not answer in time.
 *
 * @param onFailure called with the first error.
 */
export function behindReader(
  read: (groupId: string, signal: AbortSignal) => Promise<Behind>,
  onFailure: (error: unknown, groupId: string) => void,
): BehindReader {
  let groupsLeft = MAX_GROUPS;
  let deadline: number | undefined;
  return async (groupId) => {
    if (groupsLeft <= 0) return null;
    groupsLeft -= 1;
    deadline ??= Date.now() + BEHIND_MILLISECONDS;
    try {
      return await withTimeout(Math.max(0, deadline - Date.now()), (signal) => read(groupId, signal));
    } catch (error) {
      groupsLeft = 0;
      onFailure(error, groupId);
      return null;
    }
  };
}
