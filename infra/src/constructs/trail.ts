import { Cloudtrail } from '@cdktf/provider-aws/lib/cloudtrail/index.js';
import { Construct } from 'constructs';
import { constructedBucketName, constructedTrailArn, type Deployment } from './deployment.js';
import type { Settings } from '@portcullis/settings';
import { LogBucket } from './log-bucket.js';

export interface TrailProps {
  readonly deployment: Deployment;
  readonly settings: Pick<Settings, 'recordRetentionDays' | 'trailEvents'>;
}

/**
 * A trail of the account's management events in all regions. EventBridge receives API calls only if a trail exists: CloudTrail's event
 * history is not enough.
 */
export class Trail extends Construct {
  constructor(scope: Construct, id: string, { deployment, settings }: TrailProps) {
    super(scope, id);
    const { name, accountId } = deployment;

    const log = new LogBucket(this, 'log', {
      bucketName: constructedBucketName(deployment, 'trail'),
      retentionDays: settings.recordRetentionDays,
      kmsKeyArn: deployment.kmsKeyArn,
      // Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
      delivery: {
        service: 'cloudtrail.amazonaws.com',
        checks: ['s3:GetBucketAcl'],
        sid: 'DeliverLog',
        objects: `AWSLogs/${accountId}/*`,
        source: { 'aws:SourceArn': constructedTrailArn(deployment) },
      },
    });
    new Cloudtrail(this, 'trail', {
      name,
      s3BucketName: log.bucket.id,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      kmsKeyId: deployment.kmsKeyArn,
      // Portcullis needs only write calls. By default, the trail also records reads: auditors ask for them (Security Hub's control
      // CloudTrail.1), and the first trail is free: https://aws.amazon.com/cloudtrail/pricing/. The trail includes KMS calls, because
      // Portcullis reports calls on the KMS key of the deployment.
      eventSelector: [{ readWriteType: settings.trailEvents === 'write' ? 'WriteOnly' : 'All', includeManagementEvents: true }],
      dependsOn: [log.policy],
    });
  }
}
