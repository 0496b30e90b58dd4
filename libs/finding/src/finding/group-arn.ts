import { partitionOf } from '@portcullis/cloudtrail';
import type { FindingGroup } from './finding.js';

/** Returns the ARN of the group, or null if its id, account or region is unknown. */
export function findingGroupArn({ id, region, accountId }: FindingGroup): string | null {
  if (id === null || region === null || accountId === null) return null;
  return `arn:${partitionOf(region).name}:ec2:${region}:${accountId}:security-group/${id}`;
}
