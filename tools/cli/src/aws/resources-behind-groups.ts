import { AttachmentsByGroup } from '@portcullis/security-groups';
import type { AccountRegion } from './account-region.js';

/**
 * Returns the resources that use each group of the account and region.
 *
 * @param onRead called with the number of network interfaces read so far.
 * @throws {SecurityGroupCallError}
 */
export async function readResourcesBehindGroups(
  accountRegion: AccountRegion,
  onRead: (interfaces: number) => void,
): Promise<AttachmentsByGroup> {
  const behind = new AttachmentsByGroup();
  let read = 0;
  for await (const page of accountRegion.attachments()) {
    behind.add(page);
    onRead((read += page.length));
  }
  return behind;
}
