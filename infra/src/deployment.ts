/** Where a stack is deployed, and the name that everything in it starts with. */
export interface Deployment {
  readonly name: string;
  readonly region: string;
  /** The account's id; a reference, known when Terraform runs. */
  readonly accountId: string;
  /** `aws`, `aws-cn` …; a reference, known when Terraform runs. */
  readonly partition: string;
  /**
   * The KMS key that encrypts what the deployment keeps.
   * @default keys of AWS's own
   */
  readonly kmsKeyArn?: string;
}

export const securityGroupArn = ({ partition, region, accountId }: Deployment, groupId: string): string =>
  `arn:${partition}:ec2:${region}:${accountId}:security-group/${groupId}`;

export const securityGroupRuleArn = ({ partition, region, accountId }: Deployment, ruleId: string): string =>
  `arn:${partition}:ec2:${region}:${accountId}:security-group-rule/${ruleId}`;

/** A pattern for ArnLike. The ARN of a shared VPC names the account that owns the VPC, which is not the account of our groups. */
export const vpcArnPattern = ({ partition, region }: Deployment, vpcId: string): string => `arn:${partition}:ec2:${region}:*:vpc/${vpcId}`;

/** The ARN of the trail of that name. Computed, since the trail and its bucket's policy each need the other's. */
export const trailArn = ({ partition, region, accountId }: Deployment, trailName: string): string =>
  `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${trailName}`;

/** A bucket name nobody else in the world has: S3's names are global. */
export const bucketName = ({ name, region, accountId }: Deployment, purpose: string): string => `${name}-${purpose}-${accountId}-${region}`;
