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
}

/** A private, encrypted, versioned bucket that one AWS service delivers to, over TLS only. */
export class LogBucket extends Construct {
  readonly bucket: S3Bucket;
  /** What whoever delivers to the bucket must wait for. */
  readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, { bucketName, deliveries }: LogBucketProps) {
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
    // SSE-S3: a key of our own would have to be opened to the service that delivers, and costs by the request.
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
    });
    new S3BucketVersioningA(this, 'versioning', { bucket, versioningConfiguration: { status: 'Enabled' } });
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
