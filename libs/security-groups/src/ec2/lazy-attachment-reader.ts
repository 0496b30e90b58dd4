import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { GroupAttachments } from './group-attachments.js';

/** Returns a function that calls `readGroupAttachments`. Loads the EC2 client on the first call, because few events need it. */
export function lazyAttachmentReader(configuration: EC2ClientConfig): (groupId: string, signal?: AbortSignal) => Promise<GroupAttachments> {
  let opening: Promise<ReturnType<typeof lazyAttachmentReader>> | undefined;
  return async (groupId, signal) => {
    opening ??= import('./ec2-group-attachments.js').then((module) => module.openAttachmentReader(configuration));
    return (await opening)(groupId, signal);
  };
}
