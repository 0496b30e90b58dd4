import { ConfigConfigurationRecorderStatus } from '@cdktf/provider-aws/lib/config-configuration-recorder-status/index.js';
import { ConfigConfigurationRecorder } from '@cdktf/provider-aws/lib/config-configuration-recorder/index.js';
import { ConfigDeliveryChannel } from '@cdktf/provider-aws/lib/config-delivery-channel/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { Construct } from 'constructs';
import { constructedBucketName, type Deployment } from './deployment.js';
import type { Settings } from '@portcullis/settings';
import { encryptionStatements, recordSecurityGroupsStatements, iamPolicyDocument, serviceTrustPolicy } from '../policies/statements.js';
import { LogBucket } from './log-bucket.js';

export interface RecorderProps {
  readonly deployment: Deployment;
  readonly settings: Pick<Settings, 'permissionsBoundary' | 'recordRetentionDays'>;
}

/**
 * A configuration recorder that records only security groups. An account can have only one recorder in each region. Create this recorder
 * only if the region has none.
 */
export class Recorder extends Construct {
  /** The resource that starts the recorder. Until the recorder runs, AWS Config rules receive no configuration items. */
  readonly started: ConfigConfigurationRecorderStatus;

  constructor(scope: Construct, id: string, { deployment, settings }: RecorderProps) {
    super(scope, id);
    const { name, region, accountId } = deployment;
    const objects = `AWSLogs/${accountId}/Config/*`;

    const log = new LogBucket(this, 'log', {
      bucketName: constructedBucketName(deployment, 'config'),
      retentionDays: settings.recordRetentionDays,
      kmsKeyArn: deployment.kmsKeyArn,
      // Source: https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
      delivery: {
        service: 'config.amazonaws.com',
        checks: ['s3:GetBucketAcl', 's3:ListBucket'],
        sid: 'DeliverItems',
        objects,
        source: { 'aws:SourceAccount': accountId },
      },
    });
    const role = new IamRole(this, 'role', {
      name: `${name}-recorder-${region}`,
      description: 'Records security groups for AWS Config',
      assumeRolePolicy: serviceTrustPolicy('config.amazonaws.com', { sourceAccount: accountId }),
      permissionsBoundary: settings.permissionsBoundary,
    });
    const policy = new IamRolePolicy(this, 'policy', {
      name: 'least-privilege',
      role: role.name,
      policy: iamPolicyDocument([
        ...recordSecurityGroupsStatements(log.bucket.arn, objects),
        ...encryptionStatements('Items', deployment.kmsKeyArn, 's3', region),
      ]),
    });

    const recorder = new ConfigConfigurationRecorder(this, 'recorder', {
      name,
      roleArn: role.arn,
      // The recorder records continuously, which is the default. With daily recording, drift would be restored up to a day late.
      recordingGroup: { allSupported: false, resourceTypes: ['AWS::EC2::SecurityGroup'] },
      dependsOn: [policy],
    });
    const channel = new ConfigDeliveryChannel(this, 'channel', {
      name,
      s3BucketName: log.bucket.id,
      s3KmsKeyArn: deployment.kmsKeyArn,
      dependsOn: [recorder, log.policy],
    });
    this.started = new ConfigConfigurationRecorderStatus(this, 'started', {
      name: recorder.name,
      isEnabled: true,
      // A recorder cannot start without a delivery channel, and AWS Config refuses to delete the channel of a running recorder.
      dependsOn: [channel],
    });
  }
}
