/** Builds the ARNs and names of a deployment's resources from the deployment's name, account and region. */
import type { DeploymentName } from '@portcullis/settings';

export interface Deployment extends DeploymentName {
  /** The account's id, usually as a Terraform reference. */
  readonly accountId: string;
  /** The partition (`aws`, `aws-cn` …), usually as a Terraform reference. */
  readonly partition: string;
  /**
   * The KMS key that encrypts logs, queues and buckets.
   * @default AWS's own keys
   */
  readonly kmsKeyArn?: string;
}

/**
 * Returns the ARN of the trail. A Terraform reference to the trail would be circular, because the trail depends on the bucket policy that
 * contains this ARN.
 */
export function constructedTrailArn({ name, partition, region, accountId }: Deployment): string {
  return `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${name}`;
}

export function constructedRoleArn(partition: string, accountId: string, roleName: string): string {
  return `arn:${partition}:iam::${accountId}:role/${roleName}`;
}

/** Returns a bucket name that contains the account and the region, because bucket names are global. */
export function constructedBucketName({ name, region, accountId }: Deployment, purpose: string): string {
  return `${name}-${purpose}-${accountId}-${region}`;
}
