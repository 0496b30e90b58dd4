/**
 * Says how each Terraform resource of a member account becomes a CloudFormation resource. The translation fails for a resource or attribute
 * that this table lacks, so the template never omits a resource or attribute silently. Source:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */

/** How a Terraform attribute becomes a CloudFormation property. A string is the name of the property, which gets the attribute's value. */
export type Property =
  | string
  /** The attribute is JSON text, and the property is the parsed object. */
  | { readonly parsed: string }
  /** The property is a list that contains only the attribute's value. */
  | { readonly listed: string }
  /** The attribute is a mapping, and the property is a list of `{ Name, Value }`. */
  | { readonly named: string }
  /** The attribute is one block, or a list of one block, and the property is an object. */
  | { readonly block: string; readonly of: Properties }
  /** The attribute is a list of blocks, and the property is a list of objects. */
  | { readonly blocks: string; readonly of: Properties }
  /** The attribute is a list of one block, whose properties become properties of the enclosing object. */
  | { readonly inline: Properties }
  /** The attribute must have this value. The template needs no property for the attribute. */
  | { readonly always: unknown };

export type Properties = Readonly<Record<string, Property>>;

/** A Terraform resource that becomes a CloudFormation resource. */
export interface Whole {
  readonly type: `AWS::${string}::${string}`;
  readonly attributes: Properties;
  /**
   * The Terraform attributes that other resources refer to. The value says how CloudFormation refers to the attribute: `Ref`, or the
   * attribute name for `Fn::GetAtt`.
   */
  readonly references?: Readonly<Record<string, string>>;
  /** Further properties, with the values that Terraform's provider sets by default. */
  readonly constants?: Readonly<Record<string, unknown>>;
  /** Whether CloudFormation keeps the resource when it deletes the stack. */
  readonly retained?: true;
  /** The Terraform types that the translation removes from the resource's dependencies. */
  readonly independentOf?: readonly string[];
}

/** A Terraform resource that becomes a part of another resource (its owner) in CloudFormation. */
export interface Part {
  /** The attribute that refers to the owner. */
  readonly partOf: string;
  readonly attributes: Properties;
  /**
   * The list property of the owner that gets the part as an element. By default, the part's properties become properties of the owner.
   */
  readonly addedTo?: string;
  /** The owner's property that contains the part's properties. */
  readonly within?: string;
  /**
   * Whether the translation drops the part's dependencies, because these resources depend on the owner and the template would have a cycle.
   */
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
    // The target depends on the queue's policy, and the policy names the rule, which would be a cycle. So until CloudFormation creates the
    // policy, EventBridge loses undelivered events.
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
    // If CloudFormation did not keep the bucket, the deletion of the stack would fail, because the bucket contains objects.
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
          // CloudFormation's lifecycle rule covers every object if it has no prefix.
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
  // CloudFormation waits for the channel before it completes the recorder, so the channel must not depend on the recorder. Source:
  // https://github.com/awsdocs/aws-cloudformation-user-guide/pull/1282
  aws_config_delivery_channel: {
    type: 'AWS::Config::DeliveryChannel',
    attributes: { name: 'Name', s3_bucket_name: 'S3BucketName' },
    independentOf: ['aws_config_configuration_recorder'],
  },
  aws_config_configuration_recorder_status: { partOf: 'name', attributes: { is_enabled: { always: true } }, dropsDependencies: true },
};
