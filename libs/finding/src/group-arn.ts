import { partitionOf } from '@portcullis/cloudtrail';
import type { FindingGroup } from './finding.js';

/** Returns the ARN of the group, if enough of it is known. */
export function groupArn({ id, region, accountId }: FindingGroup): string | null {
  if (id === null || region === null || accountId === null) return null;
  return `arn:${partitionOf(region).name}:ec2:${region}:${accountId}:security-group/${id}`;
}
