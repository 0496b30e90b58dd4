import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { JsonObject } from '../../json.js';

/** A folder as `cdktf synth` leaves one for a stack, with a function's package in it. */
export interface StackFolder {
  readonly directory: string;
  /** SHA-256 of the package in base64. */
  readonly packageSha256: string;
  write(stack: unknown): Promise<void>;
  remove(): Promise<void>;
}

/** Where the package is in the folder. */
export const packageFile = 'assets/function/0/function.zip';

export const createStackFolder = async (code = 'export const handler = async () => "done";'): Promise<StackFolder> => {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-stack-'));
  const zip = zipSync({ 'main.mjs': new TextEncoder().encode(code) }, { mtime: new Date(1980, 0, 1) });
  await mkdir(join(directory, 'assets', 'function', '0'), { recursive: true });
  await writeFile(join(directory, packageFile), zip);
  return {
    directory,
    packageSha256: createHash('sha256').update(zip).digest('base64'),
    write: (stack) =>
      writeFile(join(directory, 'cdk.tf.json'), typeof stack === 'string' ? stack : JSON.stringify(stack)),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
};

/** A stack of the resources given, in the region of a sandbox. */
export const stackOf = (resource: JsonObject, rest: JsonObject = {}): JsonObject => ({
  provider: { aws: [{ region: 'eu-west-1' }] },
  resource,
  ...rest,
});

const account = '${data.aws_caller_identity.account.account_id}';
const allow = (Action: string, Resource: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });
const trust = (Service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }],
  });

const functionNamed = (name: string): JsonObject => ({
  function_name: name,
  description: 'Does nothing',
  role: '${aws_iam_role.guard.arn}',
  runtime: 'nodejs22.x',
  architectures: ['arm64'],
  handler: 'main.handler',
  memory_size: 256,
  timeout: 60,
  filename: packageFile,
  environment: { variables: { LOGS: '${aws_cloudwatch_log_group.logs.arn}:*' } },
  depends_on: ['aws_iam_role_policy.guard'],
});

/** One resource at least of every type there is, written in an order in which they cannot be made. */
export const everyType: JsonObject = stackOf(
  {
    aws_cloudwatch_event_target: {
      calls: {
        rule: '${aws_cloudwatch_event_rule.calls.name}',
        target_id: 'guard',
        arn: '${aws_lambda_function.detector.arn}',
        dead_letter_config: { arn: '${aws_sqs_queue.undelivered.arn}' },
        retry_policy: { maximum_event_age_in_seconds: 3600, maximum_retry_attempts: 5 },
      },
    },
    aws_cloudwatch_event_rule: {
      calls: {
        name: 'calls',
        description: 'API calls',
        event_pattern: JSON.stringify({ source: ['aws.ec2'] }),
        state: 'ENABLED',
      },
    },
    aws_config_config_rule: {
      groups: {
        name: 'groups',
        description: 'Restores',
        scope: {
          compliance_resource_types: ['AWS::EC2::SecurityGroup'],
          compliance_resource_id: 'sg-0123456789abcdef0',
        },
        source: {
          owner: 'CUSTOM_LAMBDA',
          source_identifier: '${aws_lambda_function.remediator.arn}',
          source_detail: [
            { message_type: 'ConfigurationItemChangeNotification' },
            { message_type: 'ScheduledNotification', maximum_execution_frequency: 'One_Hour' },
          ],
        },
        depends_on: ['aws_lambda_permission.config', 'aws_config_configuration_recorder_status.started'],
      },
    },
    aws_config_configuration_recorder_status: {
      started: {
        name: '${aws_config_configuration_recorder.recorder.name}',
        is_enabled: true,
        depends_on: ['aws_config_delivery_channel.channel'],
      },
    },
    aws_config_delivery_channel: {
      channel: {
        name: 'recorder',
        s3_bucket_name: '${aws_s3_bucket.log.id}',
        depends_on: ['aws_config_configuration_recorder.recorder', 'aws_s3_bucket_policy.log'],
      },
    },
    aws_config_configuration_recorder: {
      recorder: {
        name: 'recorder',
        role_arn: '${aws_iam_role.guard.arn}',
        recording_group: { all_supported: false, resource_types: ['AWS::EC2::SecurityGroup'] },
      },
    },
    aws_cloudtrail: {
      trail: {
        name: 'trail',
        s3_bucket_name: '${aws_s3_bucket.log.id}',
        is_multi_region_trail: true,
        include_global_service_events: true,
        enable_log_file_validation: true,
        event_selector: [{ read_write_type: 'WriteOnly', include_management_events: true }],
        depends_on: ['aws_s3_bucket_policy.log'],
      },
    },
    aws_lambda_permission: {
      config: {
        statement_id: 'config',
        action: 'lambda:InvokeFunction',
        function_name: '${aws_lambda_function.remediator.function_name}',
        principal: 'config.amazonaws.com',
        source_account: account,
      },
      events: {
        statement_id: 'events',
        action: 'lambda:InvokeFunction',
        function_name: '${aws_lambda_function.detector.function_name}',
        principal: 'events.amazonaws.com',
        source_arn: '${aws_cloudwatch_event_rule.calls.arn}',
      },
    },
    aws_lambda_function_event_invoke_config: {
      failures: {
        function_name: '${aws_lambda_function.detector.function_name}',
        maximum_retry_attempts: 1,
        destination_config: { on_failure: { destination: '${aws_sqs_queue.undelivered.arn}' } },
      },
    },
    aws_lambda_function: { remediator: functionNamed('remediator'), detector: functionNamed('detector') },
    aws_cloudwatch_dashboard: {
      page: { dashboard_name: 'page', dashboard_body: JSON.stringify({ widgets: [] }) },
    },
    aws_cloudwatch_metric_alarm: {
      depth: {
        alarm_name: 'depth',
        alarm_description: 'Something is in the queue',
        namespace: 'AWS/SQS',
        metric_name: 'ApproximateNumberOfMessagesVisible',
        dimensions: { QueueName: '${aws_sqs_queue.undelivered.name}' },
        statistic: 'Maximum',
        comparison_operator: 'GreaterThanThreshold',
        threshold: 0,
        period: 300,
        evaluation_periods: 1,
        treat_missing_data: 'notBreaching',
        alarm_actions: ['arn:aws:sns:eu-west-1:123456789012:alarms'],
        ok_actions: ['arn:aws:sns:eu-west-1:123456789012:alarms'],
      },
    },
    aws_cloudwatch_log_group: { logs: { name: '/aws/lambda/guards', retention_in_days: 30 } },
    aws_iam_role_policy: {
      guard: {
        name: 'least-privilege',
        role: '${aws_iam_role.guard.name}',
        policy: allow('sqs:SendMessage', '${aws_sqs_queue.undelivered.arn}'),
      },
    },
    aws_iam_role_policy_attachment: {
      more: { role: '${aws_iam_role.guard.name}', policy_arn: '${aws_iam_policy.more.arn}' },
    },
    aws_iam_policy: {
      more: {
        name: 'more',
        description: 'What has no room in the role',
        policy: allow('sqs:SendMessage', '${aws_sqs_queue.undelivered.arn}'),
      },
    },
    aws_iam_role: {
      guard: { name: 'guard', description: 'Guards', assume_role_policy: trust('lambda.amazonaws.com') },
    },
    aws_sqs_queue_policy: {
      undelivered: {
        queue_url: '${aws_sqs_queue.undelivered.url}',
        policy: allow('sqs:SendMessage', '${aws_sqs_queue.undelivered.arn}'),
      },
    },
    aws_sqs_queue: {
      undelivered: { name: 'undelivered', message_retention_seconds: 3600, sqs_managed_sse_enabled: true },
    },
    aws_s3_bucket_policy: {
      log: { bucket: '${aws_s3_bucket.log.id}', policy: allow('s3:PutObject', '${aws_s3_bucket.log.arn}/*') },
    },
    aws_s3_bucket_lifecycle_configuration: {
      log: {
        bucket: '${aws_s3_bucket.log.id}',
        rule: [
          {
            id: 'expire',
            status: 'Enabled',
            filter: [{ prefix: '' }],
            expiration: [{ days: 365 }],
            noncurrent_version_expiration: [{ noncurrent_days: 30 }],
            abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
          },
        ],
      },
    },
    aws_s3_bucket_public_access_block: {
      log: {
        bucket: '${aws_s3_bucket.log.id}',
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      },
    },
    aws_s3_bucket_server_side_encryption_configuration: {
      log: {
        bucket: '${aws_s3_bucket.log.id}',
        rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
      },
    },
    aws_s3_bucket_versioning: {
      log: { bucket: '${aws_s3_bucket.log.id}', versioning_configuration: { status: 'Enabled' } },
    },
    aws_s3_bucket: { log: { bucket: `log-${account}`, force_destroy: true } },
  },
  {
    data: {
      aws_caller_identity: { account: {} },
      aws_region: { here: {} },
      aws_partition: { here: {} },
    },
    output: {
      where: { value: '${data.aws_partition.here.partition} in ${data.aws_region.here.name}' },
      rule: { value: '${aws_config_config_rule.groups.name}' },
    },
  },
);
