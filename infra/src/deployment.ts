/** The account, region and names of a deployment, from which the ARNs and names of its resources are built. */
import type { DeploymentName } from '@portcullis/settings';

export interface Deployment extends DeploymentName {
  /** The account's id, as a reference that Terraform resolves. */
  readonly accountId: string;
  /** The partition (`aws`, `aws-cn` …), as a reference that Terraform resolves. */
  readonly partition: string;
  /**
   * The KMS key that encrypts logs, queues and buckets.
   * @default AWS's own keys
   */
  readonly kmsKeyArn?: string;
}

/**
 * Returns the ARN of the trail. A Terraform reference would be circular: the trail depends on its bucket's policy, and the policy contains
 * the trail's ARN.
 */
export function cloudTrailTrailArn({ name, partition, region, accountId }: Deployment): string {
  return `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${name}`;
}

export function iamRoleArn(partition: string, accountId: string, roleName: string): string {
  return `arn:${partition}:iam::${accountId}:role/${roleName}`;
}

/** Returns a bucket name with the account and the region in it, because bucket names are global. */
export function logBucketName({ name, region, accountId }: Deployment, purpose: string): string {
  return `${name}-${purpose}-${accountId}-${region}`;
}
