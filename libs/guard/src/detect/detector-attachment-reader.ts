/** Reads what is attached to groups that are open to the internet. The reads delay a finding by at most two seconds. */
import { withTimeout } from '@portcullis/finding';
import type { GroupAttachments } from '@portcullis/security-groups';

/**
 * The total time for all reads of attachments during one event, in milliseconds. The detector invokes the remediator without waiting for
 * these reads.
 */
export const ATTACHMENT_READ_MILLISECONDS = 2_000;

/**
 * For each event, the detector reads the attachments of at most this number of groups, because EC2 throttles frequent calls. Findings about
 * other groups do not name attachments.
 */
const MAX_GROUPS = 20;

/** Returns what is attached to the group, or `null` if the read failed. Never rejects. */
export type AttachmentReader = (groupId: string) => Promise<GroupAttachments | null>;

/**
 * Returns a reader of attachments for one event. The reader reads at most 20 groups, and stops after the first read that fails or times
 * out.
 *
 * @param onFailure called with the first error.
 */
export function detectorAttachmentReader(
  read: (groupId: string, signal: AbortSignal) => Promise<GroupAttachments>,
  onFailure: (error: unknown, groupId: string) => void,
): AttachmentReader {
  let groupsLeft = MAX_GROUPS;
  let deadline: number | undefined;
  return async (groupId) => {
    if (groupsLeft <= 0) return null;
    groupsLeft -= 1;
    deadline ??= Date.now() + ATTACHMENT_READ_MILLISECONDS;
    try {
      return await withTimeout(Math.max(0, deadline - Date.now()), (signal) => read(groupId, signal));
    } catch (error) {
      groupsLeft = 0;
      onFailure(error, groupId);
      return null;
    }
  };
}
