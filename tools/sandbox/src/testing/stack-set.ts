/** Simulates the StackSets of the deployed stacks, and reads the resources of an account from AWS. */
import { CloudTrailClient, DescribeTrailsCommand, GetEventSelectorsCommand, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  ConfigServiceClient,
  DescribeConfigurationRecordersCommand,
  DescribeConfigurationRecorderStatusCommand,
  DescribeDeliveryChannelsCommand,
} from '@aws-sdk/client-config-service';
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readDeployment, type Deployment, type AwsLocation, type Resource } from '../deployment/deployment.js';
import { json, type JsonObject } from '../json.js';
import { folder, sandbox } from './fixture.js';

/**
 * Adds an account to an organizational unit. Each StackSet for this unit creates a stack in the account if the StackSet's automatic
 * deployment is on. Returns the deployments.
 */
export async function joinOrganization(accountId: string, unit: string): Promise<readonly Deployment[]> {
  const joined: Deployment[] = [];
  for (const { region, partition, stackSets } of [...sandbox.deployments])
    for (const { name, template } of stackSets.filter(({ isAutomatic, units }) => isAutomatic && units.includes(unit))) {
      await sandbox.ask({ stack: { account: accountId, region, name: `StackSet-${name}`, template } });
      const location = { accountId, region, partition };
      const resources = await resourcesInAccount(location);
      joined.push(readDeployment(resources, location, folder, true));
    }
  for (const deployment of joined) await sandbox.deploy(deployment);
  return joined;
}

/** Returns the resources of an account in Terraform's format. The JSON in policies and event patterns is normalized. */
export async function resourcesInAccount(location: AwsLocation): Promise<readonly Resource[]> {
  const all = await Promise.all([
    roles(location),
    policies(location),
    rules(location),
    queues(location),
    alarms(location),
    buckets(location),
    trails(location),
    recorders(location),
  ]);
  return all.flat();
}

function clientIn<T extends { destroy(): void }>(Client: Parameters<typeof sandbox.client<T>>[0], { accountId, region }: AwsLocation): T {
  return sandbox.client(Client, sandbox.person('reader', accountId), region);
}

/** Returns a resource, and omits attributes that are undefined or empty. */
function resource(type: string, values: JsonObject): Resource {
  return { type, values: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== '')) };
}

/** Returns the JSON text, normalized. IAM returns policies in URL encoding. */
function jsonIn(text = ''): string {
  return JSON.stringify(json.parse(text.startsWith('%7B') ? decodeURIComponent(text) : text));
}

async function roles(location: AwsLocation): Promise<readonly Resource[]> {
  const iam = clientIn(IAMClient, location);
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const each = Roles.map(async ({ RoleName: role = '' }) => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: role }));
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role }));
    const inline = PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName }));
      return resource('aws_iam_role_policy', { role, name: PolicyName, policy: jsonIn(PolicyDocument) });
    });
    return [
      resource('aws_iam_role', {
        name: role,
        arn: Role?.Arn,
        description: Role?.Description,
        assume_role_policy: jsonIn(Role?.AssumeRolePolicyDocument),
        permissions_boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
      }),
      ...(await Promise.all(inline)),
      ...AttachedPolicies.map(({ PolicyArn }) => resource('aws_iam_role_policy_attachment', { role, policy_arn: PolicyArn })),
    ];
  });
  return (await Promise.all(each)).flat();
}

async function policies(location: AwsLocation): Promise<readonly Resource[]> {
  const iam = clientIn(IAMClient, location);
  const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: 'Local' }));
  return Promise.all(
    Policies.map(async ({ Arn: arn, PolicyName: name, DefaultVersionId: VersionId }) => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: arn }));
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId }));
      return resource('aws_iam_policy', { name, arn, description: Policy?.Description, policy: jsonIn(PolicyVersion?.Document) });
    }),
  );
}

async function rules(location: AwsLocation): Promise<readonly Resource[]> {
  const events = clientIn(EventBridgeClient, location);
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const each = Rules.map(async ({ Name: rule = '', Arn, Description, EventPattern, State }) => {
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: rule }));
    return [
      resource('aws_cloudwatch_event_rule', {
        name: rule,
        arn: Arn,
        description: Description,
        event_pattern: jsonIn(EventPattern),
        ...(State === 'DISABLED' && { state: State }),
      }),
      ...Targets.map(({ Id, Arn: arn, RoleArn, RetryPolicy, DeadLetterConfig }) =>
        resource('aws_cloudwatch_event_target', {
          rule,
          target_id: Id,
          arn,
          role_arn: RoleArn,
          retry_policy: {
            maximum_event_age_in_seconds: RetryPolicy?.MaximumEventAgeInSeconds,
            maximum_retry_attempts: RetryPolicy?.MaximumRetryAttempts,
          },
          dead_letter_config: { arn: DeadLetterConfig?.Arn },
        }),
      ),
    ];
  });
  return (await Promise.all(each)).flat();
}

async function queues(location: AwsLocation): Promise<readonly Resource[]> {
  const sqs = clientIn(SQSClient, location);
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const each = QueueUrls.map(async (QueueUrl) => {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    const name = QueueUrl.split('/').at(-1) ?? '';
    return [
      resource('aws_sqs_queue', {
        name,
        arn: Attributes.QueueArn,
        message_retention_seconds: Number(Attributes.MessageRetentionPeriod),
        sqs_managed_sse_enabled: Attributes.SqsManagedSseEnabled === 'true',
      }),
      resource('aws_sqs_queue_policy', {
        queue_url: `https://sqs.${location.region}.amazonaws.com/${location.accountId}/${name}`,
        policy: jsonIn(Attributes.Policy),
      }),
    ];
  });
  return (await Promise.all(each)).flat();
}

async function alarms(location: AwsLocation): Promise<readonly Resource[]> {
  const { MetricAlarms = [] } = await clientIn(CloudWatchClient, location).send(new DescribeAlarmsCommand({}));
  return MetricAlarms.map((alarm) =>
    resource('aws_cloudwatch_metric_alarm', {
      alarm_name: alarm.AlarmName,
      alarm_description: alarm.AlarmDescription,
      namespace: alarm.Namespace,
      metric_name: alarm.MetricName,
      dimensions: Object.fromEntries((alarm.Dimensions ?? []).map(({ Name = '', Value }) => [Name, Value])),
      statistic: alarm.Statistic,
      comparison_operator: alarm.ComparisonOperator,
      threshold: alarm.Threshold,
      period: alarm.Period,
      evaluation_periods: alarm.EvaluationPeriods,
      treat_missing_data: alarm.TreatMissingData,
    }),
  );
}

async function buckets(location: AwsLocation): Promise<readonly Resource[]> {
  const s3 = clientIn(S3Client, location);
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const each = Buckets.map(async ({ Name: bucket = '' }) => {
    const Bucket = { Bucket: bucket };
    const [block, encryption, versioning, lifecycle, policy] = await Promise.all([
      s3.send(new GetPublicAccessBlockCommand(Bucket)),
      s3.send(new GetBucketEncryptionCommand(Bucket)),
      s3.send(new GetBucketVersioningCommand(Bucket)),
      s3.send(new GetBucketLifecycleConfigurationCommand(Bucket)),
      s3.send(new GetBucketPolicyCommand(Bucket)),
    ]);
    return [
      resource('aws_s3_bucket', { bucket, arn: `arn:${location.partition}:s3:::${bucket}` }),
      resource('aws_s3_bucket_public_access_block', {
        bucket,
        block_public_acls: block.PublicAccessBlockConfiguration?.BlockPublicAcls,
        block_public_policy: block.PublicAccessBlockConfiguration?.BlockPublicPolicy,
        ignore_public_acls: block.PublicAccessBlockConfiguration?.IgnorePublicAcls,
        restrict_public_buckets: block.PublicAccessBlockConfiguration?.RestrictPublicBuckets,
      }),
      resource('aws_s3_bucket_server_side_encryption_configuration', {
        bucket,
        rule: encryption.ServerSideEncryptionConfiguration?.Rules?.map(({ ApplyServerSideEncryptionByDefault: by }) => ({
          apply_server_side_encryption_by_default: { sse_algorithm: by?.SSEAlgorithm },
        })),
      }),
      resource('aws_s3_bucket_versioning', { bucket, versioning_configuration: { status: versioning.Status } }),
      resource('aws_s3_bucket_lifecycle_configuration', {
        bucket,
        rule: lifecycle.Rules?.map(({ ID, Status, Filter, Expiration, NoncurrentVersionExpiration, AbortIncompleteMultipartUpload }) => ({
          id: ID,
          status: Status,
          filter: [{ prefix: Filter?.Prefix }],
          expiration: [{ days: Expiration?.Days }],
          noncurrent_version_expiration: [{ noncurrent_days: NoncurrentVersionExpiration?.NoncurrentDays }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: AbortIncompleteMultipartUpload?.DaysAfterInitiation }],
        })),
      }),
      resource('aws_s3_bucket_policy', { bucket, policy: jsonIn(policy.Policy) }),
    ];
  });
  return (await Promise.all(each)).flat();
}

async function trails(location: AwsLocation): Promise<readonly Resource[]> {
  const cloudtrail = clientIn(CloudTrailClient, location);
  const { trailList = [] } = await cloudtrail.send(new DescribeTrailsCommand({}));
  return Promise.all(
    trailList.map(async (trail) => {
      const { IsLogging } = await cloudtrail.send(new GetTrailStatusCommand({ Name: trail.Name }));
      const { EventSelectors = [] } = await cloudtrail.send(new GetEventSelectorsCommand({ TrailName: trail.Name }));
      return resource('aws_cloudtrail', {
        name: trail.Name,
        s3_bucket_name: trail.S3BucketName,
        is_multi_region_trail: trail.IsMultiRegionTrail,
        include_global_service_events: trail.IncludeGlobalServiceEvents,
        enable_log_file_validation: trail.LogFileValidationEnabled,
        event_selector: EventSelectors.map(({ ReadWriteType, IncludeManagementEvents }) => ({
          read_write_type: ReadWriteType,
          include_management_events: IncludeManagementEvents,
        })),
        ...(IsLogging !== true && { enable_logging: false }),
      });
    }),
  );
}

async function recorders(location: AwsLocation): Promise<readonly Resource[]> {
  const config = clientIn(ConfigServiceClient, location);
  const { ConfigurationRecorders = [] } = await config.send(new DescribeConfigurationRecordersCommand({}));
  const { ConfigurationRecordersStatus = [] } = await config.send(new DescribeConfigurationRecorderStatusCommand({}));
  const { DeliveryChannels = [] } = await config.send(new DescribeDeliveryChannelsCommand({}));
  return [
    ...ConfigurationRecorders.map(({ name, roleARN, recordingGroup }) =>
      resource('aws_config_configuration_recorder', {
        name,
        role_arn: roleARN,
        recording_group: { all_supported: recordingGroup?.allSupported, resource_types: recordingGroup?.resourceTypes },
      }),
    ),
    ...ConfigurationRecordersStatus.map(({ name, recording }) =>
      resource('aws_config_configuration_recorder_status', { name, is_enabled: recording }),
    ),
    ...DeliveryChannels.map(({ name, s3BucketName }) => resource('aws_config_delivery_channel', { name, s3_bucket_name: s3BucketName })),
  ];
}
