import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning/index.js';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js';
import { Construct } from 'constructs';
import { policyDocument, type Statement } from '../policies/statements.js';

/** The service that delivers to a bucket, and what it may do there. */
export interface LogDelivery {
  readonly service: string;
  /** The actions with which the service checks the bucket. */
  readonly checks: readonly string[];
  readonly sid: string;
  /** The keys of the delivered objects. */
  readonly objects: string;
  /** The condition keys that only a delivery for this account has. */
  readonly source: Readonly<Record<string, string>>;
}

export interface LogBucketProps {
  readonly bucketName: string;
  readonly delivery: LogDelivery;
  /** How long deliveries are kept. */
  readonly retentionDays: number;
  /**
   * The KMS key that encrypts the bucket. The delivering service must be allowed to use it.
   * @default S3-managed keys
   */
  readonly kmsKeyArn?: string;
}

/** A private, encrypted, versioned bucket whose objects expire. One AWS service delivers to it over TLS. */
export class LogBucket extends Construct {
  readonly bucket: S3Bucket;
  /** The service can deliver once this policy exists. */
  readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, { bucketName, delivery, retentionDays, kmsKeyArn }: LogBucketProps) {
    super(scope, id);

    this.bucket = new S3Bucket(this, 'bucket', {
      bucket: bucketName,
      // A destroy must leave nothing behind, and the service keeps writing until the bucket is gone. Users who must keep these records
      // longer bring their own recorder and trail, and write `existing` in the settings.
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
              // Many objects share one data key, because KMS charges per request.
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
          // Deleted and overwritten objects are kept for a month, in case somebody destroys evidence.
          noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      // Noncurrent versions need versioning first. Source: Terraform's documentation of the resource.
      dependsOn: [versioning],
    });
    this.policy = new S3BucketPolicy(this, 'policy', {
      bucket,
      policy: policyDocument(logBucketStatements(this.bucket.arn, delivery)),
      // S3 refuses two concurrent changes to a bucket's access (OperationAborted).
      dependsOn: [publicAccess],
    });
  }
}

function logBucketStatements(bucketArn: string, { service, checks, sid, objects, source }: LogDelivery): readonly Statement[] {
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
