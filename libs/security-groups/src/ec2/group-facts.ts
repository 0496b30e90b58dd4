import type { SecurityGroup, Tag } from '@aws-sdk/client-ec2';
import type { GroupFacts } from '../live-rule.js';

/** Returns what EC2 tells of a group besides its rules. */
export function factsOf({ GroupName, VpcId, OwnerId, Tags }: SecurityGroup, id: string): GroupFacts {
  return { id, name: GroupName ?? null, vpcId: VpcId ?? null, ownerId: OwnerId ?? null, tags: tagsOf(Tags) };
}

export function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));
}
