/** The statements in the policies of the log buckets and of the deployment's KMS key. */
import { partitionOf } from '@portcullis/cloudtrail';
import { constructedTrailArn, type Deployment } from '../constructs/deployment.js';
import type { Statement } from './statements.js';

/** The AWS service that delivers to a bucket, and the permissions of this service in the bucket policy. */
export interface LogDelivery {
  readonly service: string;
  /** The actions with which the service checks the bucket before a delivery. */
  readonly checks: readonly string[];
  readonly sid: string;
  /** A pattern for the keys of the delivered objects. */
  readonly objects: string;
  /** The condition that every delivery must meet: the expected value of each condition key. */
  readonly source: Readonly<Record<string, string>>;
}

/** Returns the statements of a log bucket's policy. */
export function logBucketStatements(bucketArn: string, { service, checks, sid, objects, source }: LogDelivery): readonly Statement[] {
  const allowed = { Effect: 'Allow', Principal: { Service: service } } as const;
  const owned = { ...source, 's3:x-amz-acl': 'bucket-owner-full-control' };
  return [
    { Sid: 'CheckBucket', ...allowed, Action: checks, Resource: [bucketArn], Condition: { StringEquals: source } },
    { Sid: sid, ...allowed, Action: ['s3:PutObject'], Resource: [`${bucketArn}/${objects}`], Condition: { StringEquals: owned } },
    {
      Sid: 'OverTlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:*'],
      Resource: [bucketArn, `${bucketArn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ];
}

/**
 * Returns the service principal of CloudWatch Logs. In China, the principal's domain is `amazonaws.com.cn`. The other principals in this
 * file are the same in every partition. AWS documents no service principal for the partition `aws-eusc`, so we use `amazonaws.com`, as
 * Terraform's AWS provider does. Source: `servicePrincipalNameForPartition`, in
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/meta/service_principal_data_source.go
 */
function cloudWatchLogsPrincipal(region: string): string {
  return `logs.${region}.amazonaws.com${partitionOf(region).name === 'aws-cn' ? '.cn' : ''}`;
}

const ENCRYPT_AND_DECRYPT = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/** Returns the statements of the key's policy. In a key policy, the resource `*` means the key itself. */
export function encryptionKeyStatements(deployment: Deployment): readonly Statement[] {
  const { name, partition, region, accountId } = deployment;
  const allow = (Sid: string, service: string, Action: readonly string[], Condition: object): Statement => ({
    Sid,
    Effect: 'Allow',
    Principal: { Service: service },
    Action,
    Resource: ['*'],
    Condition: Condition as Statement['Condition'],
  });
  const trail = constructedTrailArn(deployment);
  return [
    {
      // Without this statement, nobody could manage the key. Source: KMS developer guide, "Default key policy".
      Sid: 'IamOfThisAccount',
      Effect: 'Allow',
      Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
      Action: ['kms:*'],
      Resource: ['*'],
    },
    // Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    allow(
      'Logs',
      cloudWatchLogsPrincipal(region),
      ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${accountId}:log-group:/aws/lambda/${name}-*`,
        },
      },
    ),
    // Source: SQS developer guide, "Configure KMS permissions for AWS services".
    allow('UndeliveredEvents', 'events.amazonaws.com', ENCRYPT_AND_DECRYPT, {
      ArnLike: { 'aws:SourceArn': `arn:${partition}:events:${region}:${accountId}:rule/${name}-*` },
    }),
    // Source: AWS Config developer guide, "Permissions for the KMS key".
    allow('Recorder', 'config.amazonaws.com', ENCRYPT_AND_DECRYPT, {
      StringEquals: { 'aws:SourceAccount': accountId },
    }),
    // Source: CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail".
    allow('Trail', 'cloudtrail.amazonaws.com', ENCRYPT_AND_DECRYPT, {
      StringEquals: { 'aws:SourceArn': trail },
      StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': trail },
    }),
    allow('TrailDescribesKey', 'cloudtrail.amazonaws.com', ['kms:DescribeKey'], {
      StringEquals: { 'aws:SourceArn': trail },
    }),
  ];
}
