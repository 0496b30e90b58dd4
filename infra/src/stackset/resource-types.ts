/**
 * The CloudFormation resource of each Terraform resource of a member account. What is not in this table cannot be translated, so that no
 * resource and no attribute is lost.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */

/** What becomes of an attribute: a property of the same value, or one of these. */
export type Property =
  | string
  /** The property is the object that the attribute has as JSON text. */
  | { readonly parsed: string }
  /** The property is a list with the attribute's value. */
  | { readonly listed: string }
  /** The property is a list of `{ Name, Value }`, one for each entry of the mapping. */
  | { readonly named: string }
  /** The property is an object: the block, or the only block of a list. */
  | { readonly block: string; readonly of: Properties }
  /** The property is a list of objects, one for each block. */
  | { readonly blocks: string; readonly of: Properties }
  /** The properties of the only block of a list belong to the object itself. */
  | { readonly inline: Properties }
  /** The attribute must have this value, and the resource behaves like that without a property. */
  | { readonly always: unknown };

export type Properties = Readonly<Record<string, Property>>;

/** A Terraform resource that is a CloudFormation resource. */
export interface Whole {
  readonly type: `AWS::${string}::${string}`;
  readonly attributes: Properties;
  /** What CloudFormation calls an attribute that other resources refer to: `Ref`, or the attribute of `Fn::GetAtt`. */
  readonly references?: Readonly<Record<string, string>>;
  /** Properties that Terraform has by default. */
  readonly constants?: Readonly<Record<string, unknown>>;
  /** Whether CloudFormation leaves the resource behind. */
  readonly retained?: true;
  /** Terraform types that it must not depend on. */
  readonly independentOf?: readonly string[];
}

/** A Terraform resource that is a part of another CloudFormation resource. */
export interface Part {
  /** The attribute that refers to the other resource. */
  readonly partOf: string;
  readonly attributes: Properties;
  /** The list of the other resource that gets the part as an object. By default, the part's properties are properties of the other resource. */
  readonly addedTo?: string;
  /** The property that gets the part's properties as an object. */
  readonly within?: string;
  /** The other resource does not get the dependencies of the part, because what the part depends on depends on the other resource. */
  readonly dropsDependencies?: true;
}

const ALARM: Properties = {
  alarm_name: 'AlarmName',
  alarm_description: 'AlarmDescription',
  namespace: 'Namespace',
  metric_name: 'MetricName',
  dimensions: { named: 'Dimensions' },
  statistic: 'Statistic',
  comparison_operator: 'ComparisonOperator',
  threshold: 'Threshold',
  period: 'Period',
  evaluation_periods: 'EvaluationPeriods',
  treat_missing_data: 'TreatMissingData',
};

export const RESOURCE_TYPES: Readonly<Record<string, Whole | Part>> = {
  aws_iam_role: {
    type: 'AWS::IAM::Role',
    attributes: {
      name: 'RoleName',
      description: 'Description',
      assume_role_policy: { parsed: 'AssumeRolePolicyDocument' },
      permissions_boundary: 'PermissionsBoundary',
    },
    references: { name: 'Ref', arn: 'Arn' },
  },
  aws_iam_role_policy: {
    partOf: 'role',
    addedTo: 'Policies',
    attributes: { name: 'PolicyName', policy: { parsed: 'PolicyDocument' } },
  },
  aws_iam_policy: {
    type: 'AWS::IAM::ManagedPolicy',
    attributes: { name: 'ManagedPolicyName', description: 'Description', policy: { parsed: 'PolicyDocument' } },
    references: { arn: 'Ref' },
  },
  aws_iam_role_policy_attachment: { partOf: 'role', attributes: { policy_arn: { listed: 'ManagedPolicyArns' } } },
  aws_cloudwatch_event_rule: {
    type: 'AWS::Events::Rule',
    attributes: { name: 'Name', description: 'Description', event_pattern: { parsed: 'EventPattern' } },
    references: { name: 'Ref', arn: 'Arn' },
  },
  aws_cloudwatch_event_target: {
    partOf: 'rule',
    addedTo: 'Targets',
    attributes: {
      target_id: 'Id',
      arn: 'Arn',
      role_arn: 'RoleArn',
      retry_policy: {
        block: 'RetryPolicy',
        of: { maximum_event_age_in_seconds: 'MaximumEventAgeInSeconds', maximum_retry_attempts: 'MaximumRetryAttempts' },
      },
      dead_letter_config: { block: 'DeadLetterConfig', of: { arn: 'Arn' } },
    },
    // The queue's policy names the rules. So for the first moments, EventBridge cannot keep an event that it could not deliver.
    dropsDependencies: true,
  },
  aws_sqs_queue: {
    type: 'AWS::SQS::Queue',
    attributes: {
      name: 'QueueName',
      message_retention_seconds: 'MessageRetentionPeriod',
      sqs_managed_sse_enabled: 'SqsManagedSseEnabled',
    },
    references: { arn: 'Arn', url: 'Ref' },
  },
  aws_sqs_queue_policy: {
    type: 'AWS::SQS::QueuePolicy',
    attributes: { queue_url: { listed: 'Queues' }, policy: { parsed: 'PolicyDocument' } },
  },
  aws_cloudwatch_metric_alarm: { type: 'AWS::CloudWatch::Alarm', attributes: ALARM },
  aws_s3_bucket: {
    type: 'AWS::S3::Bucket',
    attributes: { bucket: 'BucketName', force_destroy: { always: true } },
    references: { id: 'Ref', arn: 'Arn' },
    // CloudFormation cannot delete a bucket that has objects, so the removal of the stack would fail.
    retained: true,
  },
  aws_s3_bucket_public_access_block: {
    partOf: 'bucket',
    within: 'PublicAccessBlockConfiguration',
    attributes: {
      block_public_acls: 'BlockPublicAcls',
      block_public_policy: 'BlockPublicPolicy',
      ignore_public_acls: 'IgnorePublicAcls',
      restrict_public_buckets: 'RestrictPublicBuckets',
    },
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    partOf: 'bucket',
    within: 'BucketEncryption',
    attributes: {
      rule: {
        blocks: 'ServerSideEncryptionConfiguration',
        of: { apply_server_side_encryption_by_default: { block: 'ServerSideEncryptionByDefault', of: { sse_algorithm: 'SSEAlgorithm' } } },
      },
    },
  },
  aws_s3_bucket_versioning: {
    partOf: 'bucket',
    attributes: { versioning_configuration: { block: 'VersioningConfiguration', of: { status: 'Status' } } },
  },
  aws_s3_bucket_lifecycle_configuration: {
    partOf: 'bucket',
    within: 'LifecycleConfiguration',
    attributes: {
      rule: {
        blocks: 'Rules',
        of: {
          id: 'Id',
          status: 'Status',
          // A rule of CloudFormation without a prefix covers every object.
          filter: { always: [{ prefix: '' }] },
          expiration: { inline: { days: 'ExpirationInDays' } },
          noncurrent_version_expiration: { block: 'NoncurrentVersionExpiration', of: { noncurrent_days: 'NoncurrentDays' } },
          abort_incomplete_multipart_upload: {
            block: 'AbortIncompleteMultipartUpload',
            of: { days_after_initiation: 'DaysAfterInitiation' },
          },
        },
      },
    },
  },
  aws_s3_bucket_policy: {
    type: 'AWS::S3::BucketPolicy',
    attributes: { bucket: 'Bucket', policy: { parsed: 'PolicyDocument' } },
  },
  aws_cloudtrail: {
    type: 'AWS::CloudTrail::Trail',
    attributes: {
      name: 'TrailName',
      s3_bucket_name: 'S3BucketName',
      is_multi_region_trail: 'IsMultiRegionTrail',
      include_global_service_events: 'IncludeGlobalServiceEvents',
      enable_log_file_validation: 'EnableLogFileValidation',
      event_selector: {
        blocks: 'EventSelectors',
        of: { read_write_type: 'ReadWriteType', include_management_events: 'IncludeManagementEvents' },
      },
    },
    constants: { IsLogging: true },
  },
  aws_config_configuration_recorder: {
    type: 'AWS::Config::ConfigurationRecorder',
    attributes: {
      name: 'Name',
      role_arn: 'RoleARN',
      recording_group: { block: 'RecordingGroup', of: { all_supported: 'AllSupported', resource_types: 'ResourceTypes' } },
    },
    references: { name: 'Ref' },
  },
  // CloudFormation starts the recorder as soon as the channel exists, and does not finish the recorder before. So the two must not wait for
  // each other. Source: https://github.com/awsdocs/aws-cloudformation-user-guide/pull/1282
  aws_config_delivery_channel: {
    type: 'AWS::Config::DeliveryChannel',
    attributes: { name: 'Name', s3_bucket_name: 'S3BucketName' },
    independentOf: ['aws_config_configuration_recorder'],
  },
  aws_config_configuration_recorder_status: { partOf: 'name', attributes: { is_enabled: { always: true } }, dropsDependencies: true },
};
