import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { partitionOf } from '@portcullis/cloudtrail';
import { Construct } from 'constructs';
import { cloudTrailTrailArn, type Deployment } from '../deployment.js';
import { policyDocument, type Statement } from '../policies/statements.js';

/** A customer-managed KMS key for the logs, the queues and the log buckets. */
export class EncryptionKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    const key = new KmsKey(this, 'key', {
      description: `Encrypts the logs, queues and log buckets of ${deployment.name}`,
      enableKeyRotation: true,
      // The longest waiting period that KMS allows, because the deletion of a key is irreversible.
      deletionWindowInDays: 30,
      policy: policyDocument(encryptionKeyPolicy(deployment)),
    });
    new KmsAlias(this, 'alias', { name: `alias/${deployment.name}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}

/**
 * Returns the service principal of CloudWatch Logs. In China, its domain is `amazonaws.com.cn`. The other principals in this file are the
 * same in every partition. AWS documents no service principal for the partition `aws-eusc`, so we use `amazonaws.com`, as Terraform's AWS
 * provider does. Source: `servicePrincipalNameForPartition`, in
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/meta/service_principal_data_source.go
 */
function cloudWatchLogsPrincipal(region: string): string {
  return `logs.${region}.amazonaws.com${partitionOf(region).name === 'aws-cn' ? '.cn' : ''}`;
}

const ENCRYPT_AND_DECRYPT = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/** Returns the statements of the key's policy. In a key policy, the resource `*` means the key itself. */
function encryptionKeyPolicy(deployment: Deployment): readonly Statement[] {
  const { name, partition, region, accountId } = deployment;
  const allow = (Sid: string, service: string, Action: readonly string[], Condition: object): Statement => ({
    Sid,
    Effect: 'Allow',
    Principal: { Service: service },
    Action,
    Resource: ['*'],
    Condition: Condition as Statement['Condition'],
  });
  const trail = cloudTrailTrailArn(deployment);
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
