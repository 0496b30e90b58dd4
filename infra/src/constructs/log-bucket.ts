import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { Construct } from 'constructs';
import { policyDocument, type Statement } from './least-privilege.js';

export interface LogBucketProps {
  readonly bucketName: string;
  /** Which service may write what; given the bucket's ARN. */
  readonly deliveries: (bucketArn: string) => readonly Statement[];
  /** How long what was delivered is kept. */
  readonly retentionDays: number;
  /**
   * The KMS key that encrypts it; whoever delivers must be allowed to use it.
   * @default keys of S3's own
   */
  readonly kmsKeyArn?: string;
}

/** A private, encrypted, versioned bucket that one AWS service delivers to, over TLS only, and that forgets in time. */
export class LogBucket extends Construct {
  readonly bucket: S3Bucket;
  /** What whoever delivers to the bucket must wait for. */
  readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, { bucketName, deliveries, retentionDays, kmsKeyArn }: LogBucketProps) {
    super(scope, id);

    this.bucket = new S3Bucket(this, 'bucket', {
      bucket: bucketName,
      // A destroy must leave nothing, and a service writes to the bucket until it is gone. Who must keep these records
      // longer than the deployment keeps them elsewhere already, and says `existing` in the settings.
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
              // One data key for many objects: KMS is paid by the request.
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
          // All that is in the bucket.
          filter: [{ prefix: '' }],
          expiration: [{ days: retentionDays }],
          // What was deleted or written over stays as long again as it takes to notice.
          noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      // Source: Terraform's documentation of the resource: noncurrent versions need versioning first.
      dependsOn: [versioning],
    });
    this.policy = new S3BucketPolicy(this, 'policy', {
      bucket,
      policy: policyDocument([...deliveries(this.bucket.arn), overTlsOnly(this.bucket.arn)]),
      // S3 refuses two changes of a bucket's access at once (OperationAborted).
      dependsOn: [publicAccess],
    });
  }
}

const overTlsOnly = (bucketArn: string): Statement => ({
  Sid: 'OverTlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: ['s3:*'],
  Resource: [bucketArn, `${bucketArn}/*`],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
