/** Reads the network interfaces in one group. The Lambda functions load this module from a separate bundle on first use. */
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { AttachmentsByGroup, type GroupAttachments } from './group-attachments.js';
import { isReadError } from './errors.js';
import { readAttachments, readInstanceNames } from './ec2-attachments.js';
import { MAX_FILTER_VALUES } from './pages.js';

/**
 * Returns the network interfaces in the group and the resources that use these interfaces. Stops after the first page that contains an
 * interface, so the result can be incomplete for a group with many interfaces. The names of instances are null if the tags cannot be read.
 *
 * @param signal aborts the current call.
 * @throws {SecurityGroupCallError} if the interfaces cannot be read.
 */
export async function readGroupAttachments(client: EC2Client, groupId: string, signal?: AbortSignal): Promise<GroupAttachments> {
  const groups = new AttachmentsByGroup();
  for await (const page of readAttachments(client, [groupId], signal)) {
    groups.add(page.map((attachment) => ({ ...attachment, groupIds: [groupId] })));
    if (groups.has(groupId)) break;
  }
  const instances = groups.instancesIn([groupId]).slice(0, MAX_FILTER_VALUES);
  return groups.of(groupId, await readInstanceNames(client, instances, signal).catch(noEc2InstanceNames));
}

/** Returns no names if they cannot be read, because the attachments are useful without names. */
function noEc2InstanceNames(error: unknown): ReadonlyMap<string, string> {
  if (!isReadError(error)) throw error;
  return new Map();
}

/** Returns a function that calls `readGroupAttachments` with a new EC2 client. */
export function openAttachmentReader(configuration: EC2ClientConfig): (groupId: string, signal?: AbortSignal) => Promise<GroupAttachments> {
  const client = new EC2Client(configuration);
  return (groupId, signal) => readGroupAttachments(client, groupId, signal);
}
