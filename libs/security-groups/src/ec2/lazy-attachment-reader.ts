import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { openAttachmentReader } from './ec2-group-attachments.js';

/** Returns `readGroupAttachments` with its own client, which is loaded on the first read, because few events need it. */
export function lazyAttachmentReader(configuration: EC2ClientConfig): ReturnType<typeof openAttachmentReader> {
  let opening: Promise<ReturnType<typeof openAttachmentReader>> | undefined;
  return async (groupId, signal) => {
    opening ??= import('./ec2-group-attachments.js').then((module) => module.openAttachmentReader(configuration));
    return (await opening)(groupId, signal);
  };
}
