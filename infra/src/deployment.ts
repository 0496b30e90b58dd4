/** Where a stack is deployed, and the ARNs and names of what is there. */
import type { DeploymentName } from '@portcullis/settings';

export interface Deployment extends DeploymentName {
  /** The account's id: a reference, known when Terraform runs. */
  readonly accountId: string;
  /** `aws`, `aws-cn` …: a reference, known when Terraform runs. */
  readonly partition: string;
  /**
   * The KMS key that encrypts logs, queues and buckets.
   * @default keys of AWS's own
   */
  readonly kmsKeyArn?: string;
}

/** The ARN of a trail by its name. It is computed, since the trail needs its bucket's policy and the policy needs the trail's ARN. */
export function trailArn({ partition, region, accountId }: Deployment, trailName: string): string {
  return `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${trailName}`;
}

export function roleArn(partition: string, accountId: string, roleName: string): string {
  return `arn:${partition}:iam::${accountId}:role/${roleName}`;
}

/** A bucket name that nobody else has: S3's names are global. */
export function bucketName({ name, region, accountId }: Deployment, purpose: string): string {
  return `${name}-${purpose}-${accountId}-${region}`;
}
