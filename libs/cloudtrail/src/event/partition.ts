/**
 * An AWS partition. An AWS partition. ARNs, console links and some service principals differ between partitions. Source:
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
export interface Partition {
  /** The name of the partition, which follows `arn:` in an ARN. */
  readonly name: 'aws' | 'aws-cn' | 'aws-eusc' | 'aws-us-gov';
  /** The domain of the AWS console. The console of a region is at `<region>.<consoleDomain>`. */
  readonly consoleDomain: string;
}

const COMMERCIAL: Partition = { name: 'aws', consoleDomain: 'console.aws.amazon.com' };

/**
 * The partitions except `aws`, each with the prefix of its region names. Sources: the AWS SDKs' partition metadata; for the console of
 * `aws-eusc` https://aws.amazon.com/blogs/aws/opening-the-aws-european-sovereign-cloud/
 */
const OTHERS: readonly (readonly [prefix: string, Partition])[] = [
  ['cn-', { name: 'aws-cn', consoleDomain: 'console.amazonaws.cn' }],
  ['us-gov-', { name: 'aws-us-gov', consoleDomain: 'console.amazonaws-us-gov.com' }],
  ['eusc-', { name: 'aws-eusc', consoleDomain: 'console.amazonaws-eusc.eu' }],
];

/** Returns the partition of a region. For an unknown region, returns the partition `aws`, like the AWS SDKs. */
export function partitionOf(region: string): Partition {
  return OTHERS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? COMMERCIAL;
}
