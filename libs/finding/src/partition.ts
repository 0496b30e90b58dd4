/** AWS partitions, by region. Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
import type { FindingGroup } from './finding.js';

export interface Partition {
  /** What an ARN has after `arn:`. */
  readonly name: 'aws' | 'aws-cn' | 'aws-us-gov';
  /** Where its console is. */
  readonly consoleDomain: string;
}

const COMMERCIAL: Partition = { name: 'aws', consoleDomain: 'console.aws.amazon.com' };
const CHINA: Partition = { name: 'aws-cn', consoleDomain: 'console.amazonaws.cn' };
const GOVCLOUD: Partition = { name: 'aws-us-gov', consoleDomain: 'console.amazonaws-us-gov.com' };

export function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return CHINA;
  return region.startsWith('us-gov-') ? GOVCLOUD : COMMERCIAL;
}

/** Returns the ARN of the group, if enough of it is known. */
export function groupArn({ id, region, accountId }: FindingGroup): string | null {
  if (id === null || region === null || accountId === null) return null;
  return `arn:${partitionOf(region).name}:ec2:${region}:${accountId}:security-group/${id}`;
}
