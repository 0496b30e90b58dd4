import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { Construct } from 'constructs';
import { logBucketStatements, type LogDelivery } from '../policies/resource-policies.js';
import { iamPolicyDocument } from '../policies/statements.js';

export interface LogBucketProps {
  readonly bucketName: string;
  readonly delivery: LogDelivery;
  /** How many days the bucket keeps the delivered objects. */
  readonly retentionDays: number;
  /**
   * The KMS key that encrypts the bucket. The key's policy must allow the delivering service to use the key.
   * @default S3-managed keys
   */
  readonly kmsKeyArn?: string;
}

/** A private, encrypted, versioned bucket whose objects expire. One AWS service delivers to the bucket, over TLS. */
export class LogBucket extends Construct {
  readonly bucket: S3Bucket;
  /** The bucket policy. Without this policy, the service cannot deliver. */
  readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, { bucketName, delivery, retentionDays, kmsKeyArn }: LogBucketProps) {
    super(scope, id);

    this.bucket = new S3Bucket(this, 'bucket', {
      bucket: bucketName,
      // `destroy` must delete a bucket that contains objects, because the service delivers objects until the bucket is deleted. To keep the
      // records after `destroy`, use your own recorder and trail, and write `existing` in the settings.
      forceDestroy: true,
    });
    const bucket = this.bucket.id;
    const publicAccess = new S3BucketPublicAccessBlock(this, 'public-access', {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket,
      rule: [
        kmsKeyArn === undefined
          ? { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
          : {
              applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: kmsKeyArn },
              // With a bucket key, S3 makes fewer KMS requests and so costs less.
              bucketKeyEnabled: true,
            },
      ],
    });
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket,
      rule: [
        {
          id: 'expire',
          status: 'Enabled',
          // The empty prefix matches every object.
          filter: [{ prefix: '' }],
          expiration: [{ days: retentionDays }],
          // S3 keeps deleted and overwritten objects for a month, so that nobody can destroy evidence at once.
          noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      // A lifecycle rule for noncurrent versions fails without versioning. Source: Terraform's documentation of the resource.
      dependsOn: [versioning],
    });
    this.policy = new S3BucketPolicy(this, 'policy', {
      bucket,
      policy: iamPolicyDocument(logBucketStatements(this.bucket.arn, delivery)),
      // S3 refuses two concurrent changes of a bucket's access settings (OperationAborted).
      dependsOn: [publicAccess],
    });
  }
}
