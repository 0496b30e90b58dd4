import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { GroupAttachments } from './group-attachments.js';
import type { openAttachmentReader } from './ec2-group-attachments.js';

/** Returns `readGroupAttachments` for a client with this configuration. Loads the client on the first read, because few events need it. */
export function lazyAttachmentReader(configuration: EC2ClientConfig): (groupId: string, signal: AbortSignal) => Promise<GroupAttachments> {
  let opening: Promise<ReturnType<typeof openAttachmentReader>> | undefined;
  const open = async (): Promise<ReturnType<typeof openAttachmentReader>> =>
    (await import('./ec2-group-attachments.js')).openAttachmentReader(configuration);
  return async (groupId, signal) => {
    opening ??= open();
    return (await opening)(groupId, signal);
  };
}
