import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import type { Behind } from './behind.js';
import type { openBehind } from './ec2-behind.js';

/** Returns `readBehind` for a client with this configuration. Loads the client on the first read, because few events need it. */
export function behindThrough(configuration: EC2ClientConfig): (groupId: string, signal: AbortSignal) => Promise<Behind> {
  let opening: Promise<ReturnType<typeof openBehind>> | undefined;
  const open = async (): Promise<ReturnType<typeof openBehind>> => (await import('./ec2-behind.js')).openBehind(configuration);
  return async (groupId, signal) => {
    opening ??= open();
    return (await opening)(groupId, signal);
  };
}
