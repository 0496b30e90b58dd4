/**
 * The AWS limits that resources of Portcullis could exceed. Each maximum is AWS's default, which AWS may have raised for an account.
 */
import { MAX_EVENT_PATTERN_LENGTH } from '@portcullis/cloudtrail';

/** The unit of a limit. */
export type Measure =
  /** Characters of a text. */
  | 'characters'
  /** Characters of a policy document. White space between JSON tokens does not count, as in IAM. */
  | 'policy characters'
  /** Forbidden characters of a text. */
  | 'characters that are not allowed'
  /** Bytes of a text in UTF-8, or of a mapping written as JSON. */
  | 'bytes'
  /** Entries of a list or a mapping. */
  | 'entries'
  /** Bytes of the statement that a Lambda permission adds to the policy of the function. */
  | 'statement bytes'
  /** Resources. */
  | 'resources'
  /** Bytes of a file. */
  | 'file bytes'
  /** Bytes of all files in a zip file after unpacking. */
  | 'unzipped bytes'
  /** Rules in one direction: the IPv4 rules or the IPv6 rules, whichever are more. */
  | 'rules';

/** A resource type to which a limit applies, and the measured attribute. */
export interface LimitedResource {
  /**
   * A resource type of Terraform, or the word `provider` or `baseline`. `provider` means Terraform's AWS provider, which adds its default
   * tags to every resource. `baseline` means each baseline in the baseline file.
   */
  readonly type: string;
  /**
   * The attribute's name in Terraform: `environment.variables`. `*` means every entry of a list, and `keys` means the keys of a mapping.
   * @default the limit is a number of resources, so no attribute is measured
   */
  readonly attribute?: string;
  /**
   * If present, the resources that have the same value of this attribute are measured together. For example, with `role`, the limit applies
   * to all inline policies of one role together.
   * @default the limit applies to each resource alone
   */
  readonly per?: string;
}

export interface AwsLimit {
  /** What the limit applies to, in AWS's words. */
  readonly what: string;
  readonly maximum: number;
  readonly measure: Measure;
  readonly appliesTo: readonly LimitedResource[];
  /**
   * The allowed characters, for the unit `characters that are not allowed`. The text is the inside of a character class in a regular
   * expression with the `u` flag.
   */
  readonly allowed?: string;
  /** `default` if AWS raises the limit on request. @default AWS never raises the limit */
  readonly quota?: 'default';
  /** `true` if an excess is only a warning: the deployment does not fail, and AWS may have raised the quota of the account. */
  readonly warning?: true;
  /**
   * How a user can remove an excess. `setting` is the key of the settings file or baseline file that must change.
   * @default no setting can cause an excess, so an excess is an error in Portcullis
   */
  readonly fix?: { readonly setting: string; readonly remedy: string };
  /** The URL of the page where AWS documents the limit. */
  readonly source: string;
}

const IAM_QUOTAS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';
const LAMBDA_QUOTAS = 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html';
const CLOUDWATCH_QUOTAS = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html';
const EVENTBRIDGE_QUOTAS = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html';
const VPC_QUOTAS = 'https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html';
const DOCS = 'https://docs.aws.amazon.com';

/** Returns the URL of a page in the API reference of a service. `page` is an operation or a type. */
function awsLimitSourceUrl(service: string, page: string): string {
  return `${DOCS}/${service}/latest/${service === 'lambda' ? 'api' : 'APIReference'}/API_${page}.html`;
}

const SHORTER_NAME = { setting: 'name', remedy: 'choose a shorter `name`' };
const SPLIT_BASELINE = { setting: 'baseline', remedy: 'split the baseline file, and deploy each part with its own `name`' };
const FEWER_GROUPS_BY_ID = {
  setting: 'baseline',
  remedy:
    'one deployment can select about 2,800 groups by id: select groups by tag or VPC, or guard some groups with a second deployment that has another `name`',
};

/** Limits the name of a resource. The remedy is a shorter `name` in the settings, because all names of resources begin with this `name`. */
function awsNameLimit(owner: string, type: string, maximum: number, source: string, attribute = 'name'): AwsLimit {
  const appliesTo = [{ type, attribute }];
  return { what: `name of ${owner}`, maximum, measure: 'characters', appliesTo, fix: SHORTER_NAME, source };
}

/** Limits a description. The limit has no `fix`, because no setting changes the description. */
function awsDescriptionLimit(owner: string, type: string, maximum: number, source: string): AwsLimit {
  const attribute = type === 'aws_cloudwatch_metric_alarm' ? 'alarm_description' : 'description';
  return { what: `description of ${owner}`, maximum, measure: 'characters', appliesTo: [{ type, attribute }], source };
}

export const AWS_LIMITS = {
  eventPattern: {
    what: 'event pattern of an EventBridge rule',
    maximum: MAX_EVENT_PATTERN_LENGTH,
    measure: 'characters',
    appliesTo: [{ type: 'aws_cloudwatch_event_rule', attribute: 'event_pattern' }],
    quota: 'default',
    fix: SHORTER_NAME,
    source: EVENTBRIDGE_QUOTAS,
  },
  eventBusPolicy: {
    what: 'policy of an event bus',
    maximum: 10_240,
    measure: 'characters',
    appliesTo: [{ type: 'aws_cloudwatch_event_bus_policy', attribute: 'policy' }],
    quota: 'default',
    source: EVENTBRIDGE_QUOTAS,
  },
  inlinePolicies: {
    what: 'all inline policies of a role together',
    maximum: 10_240,
    measure: 'policy characters',
    appliesTo: [{ type: 'aws_iam_role_policy', attribute: 'policy', per: 'role' }],
    fix: FEWER_GROUPS_BY_ID,
    source: IAM_QUOTAS,
  },
  managedPolicy: {
    what: 'managed policy',
    maximum: 6_144,
    measure: 'policy characters',
    appliesTo: [{ type: 'aws_iam_policy', attribute: 'policy' }],
    fix: {
      setting: 'baseline',
      remedy:
        'select groups by fewer or shorter tags, or by fewer VPCs; if a limit names many group ids in `except`, give these groups a tag, and name the tag in `except`',
    },
    source: IAM_QUOTAS,
  },
  managedPoliciesPerRole: {
    what: 'managed policies attached to a role',
    maximum: 10,
    measure: 'resources',
    appliesTo: [{ type: 'aws_iam_role_policy_attachment', per: 'role' }],
    quota: 'default',
    fix: FEWER_GROUPS_BY_ID,
    source: IAM_QUOTAS,
  },
  trustPolicy: {
    what: 'trust policy of a role',
    maximum: 2_048,
    measure: 'policy characters',
    appliesTo: [{ type: 'aws_iam_role', attribute: 'assume_role_policy' }],
    quota: 'default',
    source: IAM_QUOTAS,
  },
  policyCharacters: {
    what: 'policy document',
    maximum: 0,
    measure: 'characters that are not allowed',
    allowed: '\\t\\n\\r\\u0020-\\u00ff',
    appliesTo: [
      { type: 'aws_iam_role', attribute: 'assume_role_policy' },
      { type: 'aws_iam_role_policy', attribute: 'policy' },
      { type: 'aws_iam_policy', attribute: 'policy' },
      { type: 'aws_kms_key', attribute: 'policy' },
    ],
    fix: {
      setting: 'baseline',
      remedy: 'select the groups by id, by VPC, or by tags that contain only Latin-1 characters (U+0020 to U+00FF)',
    },
    source: IAM_QUOTAS,
  },
  roleName: awsNameLimit('a role', 'aws_iam_role', 64, IAM_QUOTAS),
  managedPolicyName: awsNameLimit('a managed policy', 'aws_iam_policy', 128, IAM_QUOTAS),
  roleDescription: awsDescriptionLimit('a role', 'aws_iam_role', 1_000, awsLimitSourceUrl('IAM', 'CreateRole')),
  managedPolicyDescription: awsDescriptionLimit('a managed policy', 'aws_iam_policy', 1_000, awsLimitSourceUrl('IAM', 'CreatePolicy')),
  functionName: awsNameLimit('a function', 'aws_lambda_function', 64, awsLimitSourceUrl('lambda', 'CreateFunction'), 'function_name'),
  functionDescription: awsDescriptionLimit('a function', 'aws_lambda_function', 256, awsLimitSourceUrl('lambda', 'CreateFunction')),
  environment: {
    what: 'environment variables of a function',
    maximum: 4_096,
    measure: 'bytes',
    appliesTo: [{ type: 'aws_lambda_function', attribute: 'environment.variables' }],
    fix: { setting: 'deployers', remedy: 'name fewer roles in `deployers`: several deployment pipelines can assume the same role' },
    source: LAMBDA_QUOTAS,
  },
  functionPolicy: {
    what: 'resource-based policy of a function',
    maximum: 20_480,
    measure: 'statement bytes',
    appliesTo: [{ type: 'aws_lambda_permission', per: 'function_name' }],
    source: LAMBDA_QUOTAS,
  },
  packageZipped: {
    what: 'zipped deployment package of a function, for a direct upload',
    maximum: 50 * 1_024 ** 2,
    measure: 'file bytes',
    appliesTo: [{ type: 'aws_lambda_function', attribute: 'filename' }],
    fix: SPLIT_BASELINE,
    source: LAMBDA_QUOTAS,
  },
  packageUnzipped: {
    what: 'unzipped deployment package of a function',
    maximum: 250 * 1_024 ** 2,
    measure: 'unzipped bytes',
    appliesTo: [{ type: 'aws_lambda_function', attribute: 'filename' }],
    fix: SPLIT_BASELINE,
    source: LAMBDA_QUOTAS,
  },
  eventRuleName: awsNameLimit('an EventBridge rule', 'aws_cloudwatch_event_rule', 64, awsLimitSourceUrl('eventbridge', 'PutRule')),
  eventRuleDescription: awsDescriptionLimit(
    'an EventBridge rule',
    'aws_cloudwatch_event_rule',
    512,
    awsLimitSourceUrl('eventbridge', 'PutRule'),
  ),
  eventBusName: awsNameLimit('an event bus', 'aws_cloudwatch_event_bus', 256, awsLimitSourceUrl('eventbridge', 'CreateEventBus')),
  queueName: awsNameLimit('a queue', 'aws_sqs_queue', 80, `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html`),
  queuePolicy: {
    what: 'policy of a queue',
    maximum: 8_192,
    measure: 'bytes',
    appliesTo: [{ type: 'aws_sqs_queue_policy', attribute: 'policy' }],
    source: `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html`,
  },
  bucketName: awsNameLimit('a bucket', 'aws_s3_bucket', 63, `${DOCS}/AmazonS3/latest/userguide/bucketnamingrules.html`, 'bucket'),
  bucketPolicy: {
    what: 'policy of a bucket',
    maximum: 20_480,
    measure: 'bytes',
    appliesTo: [{ type: 'aws_s3_bucket_policy', attribute: 'policy' }],
    source: `${DOCS}/AmazonS3/latest/userguide/bucket-policies.html`,
  },
  keyPolicy: {
    what: 'policy of a KMS key',
    maximum: 32_768,
    measure: 'bytes',
    appliesTo: [{ type: 'aws_kms_key', attribute: 'policy' }],
    source: `${DOCS}/kms/latest/developerguide/resource-limits.html`,
  },
  keyDescription: awsDescriptionLimit('a KMS key', 'aws_kms_key', 8_192, awsLimitSourceUrl('kms', 'CreateKey')),
  keyAlias: awsNameLimit('an alias of a KMS key', 'aws_kms_alias', 256, awsLimitSourceUrl('kms', 'CreateAlias')),
  logGroupName: awsNameLimit('a log group', 'aws_cloudwatch_log_group', 512, awsLimitSourceUrl('AmazonCloudWatchLogs', 'CreateLogGroup')),
  alarmName: awsNameLimit(
    'an alarm',
    'aws_cloudwatch_metric_alarm',
    255,
    awsLimitSourceUrl('AmazonCloudWatch', 'PutMetricAlarm'),
    'alarm_name',
  ),
  alarmDescription: awsDescriptionLimit(
    'an alarm',
    'aws_cloudwatch_metric_alarm',
    1_024,
    awsLimitSourceUrl('AmazonCloudWatch', 'PutMetricAlarm'),
  ),
  alarmActions: {
    what: 'actions of an alarm for the same alarm state',
    maximum: 5,
    measure: 'entries',
    appliesTo: [
      { type: 'aws_cloudwatch_metric_alarm', attribute: 'alarm_actions' },
      { type: 'aws_cloudwatch_metric_alarm', attribute: 'ok_actions' },
    ],
    fix: { setting: 'alarms.actions', remedy: 'name at most 5 actions: one SNS topic can notify many subscribers' },
    source: CLOUDWATCH_QUOTAS,
  },
  dashboardName: awsNameLimit(
    'a dashboard',
    'aws_cloudwatch_dashboard',
    255,
    awsLimitSourceUrl('AmazonCloudWatch', 'PutDashboard'),
    'dashboard_name',
  ),
  configRuleName: awsNameLimit('an AWS Config rule', 'aws_config_config_rule', 128, awsLimitSourceUrl('config', 'ConfigRule')),
  configRuleDescription: awsDescriptionLimit(
    'an AWS Config rule',
    'aws_config_config_rule',
    256,
    awsLimitSourceUrl('config', 'ConfigRule'),
  ),
  configRuleParameters: {
    what: 'input parameters of an AWS Config rule',
    maximum: 1_024,
    measure: 'characters',
    appliesTo: [
      { type: 'aws_config_config_rule', attribute: 'input_parameters' },
      { type: 'aws_config_organization_custom_rule', attribute: 'input_parameters' },
    ],
    source: awsLimitSourceUrl('config', 'ConfigRule'),
  },
  organizationRuleName: awsNameLimit(
    'an organization Config rule',
    'aws_config_organization_custom_rule',
    64,
    awsLimitSourceUrl('config', 'PutOrganizationConfigRule'),
  ),
  organizationRuleDescription: awsDescriptionLimit(
    'an organization Config rule',
    'aws_config_organization_custom_rule',
    256,
    awsLimitSourceUrl('config', 'OrganizationCustomRuleMetadata'),
  ),
  excludedAccounts: {
    what: 'accounts excluded from an organization Config rule',
    maximum: 1_000,
    measure: 'entries',
    appliesTo: [{ type: 'aws_config_organization_custom_rule', attribute: 'excluded_accounts' }],
    fix: { setting: 'organization.excludedAccounts', remedy: 'exclude at most 1,000 accounts' },
    source: awsLimitSourceUrl('config', 'PutOrganizationConfigRule'),
  },
  stackSetTemplate: {
    what: 'template of a StackSet',
    maximum: 51_200,
    measure: 'bytes',
    appliesTo: [{ type: 'aws_cloudformation_stack_set', attribute: 'template_body' }],
    fix: {
      setting: 'organization.stackSet',
      remedy:
        'select groups by tag or VPC instead of by id; or write `members: all` instead of `stackSet`, and deploy `stacksets/<name>/template.json` from S3: AWS allows 1 MB there',
    },
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html',
  },
  stackSetName: awsNameLimit('a StackSet', 'aws_cloudformation_stack_set', 128, awsLimitSourceUrl('AWSCloudFormation', 'CreateStackSet')),
  recorderName: awsNameLimit(
    'a configuration recorder',
    'aws_config_configuration_recorder',
    256,
    awsLimitSourceUrl('config', 'ConfigurationRecorder'),
  ),
  deliveryChannelName: awsNameLimit(
    'a delivery channel',
    'aws_config_delivery_channel',
    256,
    awsLimitSourceUrl('config', 'DeliveryChannel'),
  ),
  trailName: awsNameLimit('a trail', 'aws_cloudtrail', 128, awsLimitSourceUrl('awscloudtrail', 'CreateTrail')),
  tags: {
    what: 'tags of a resource',
    maximum: 50,
    measure: 'entries',
    appliesTo: [{ type: 'provider', attribute: 'default_tags.*.tags' }],
    fix: { setting: 'tags', remedy: 'name at most 50 tags' },
    source: `${DOCS}/IAM/latest/UserGuide/id_tags.html`,
  },
  tagKey: {
    what: 'key of a tag',
    maximum: 128,
    measure: 'characters',
    appliesTo: [{ type: 'provider', attribute: 'default_tags.*.tags.keys.*' }],
    fix: { setting: 'tags', remedy: 'shorten the key' },
    source: awsLimitSourceUrl('IAM', 'Tag'),
  },
  tagValue: {
    what: 'value of a tag',
    maximum: 256,
    measure: 'characters',
    appliesTo: [{ type: 'provider', attribute: 'default_tags.*.tags.*' }],
    fix: { setting: 'tags', remedy: 'shorten the value' },
    source: awsLimitSourceUrl('IAM', 'Tag'),
  },
  tagCharacters: {
    what: 'tag of a role (roles allow fewer characters in tags than other resources)',
    maximum: 0,
    measure: 'characters that are not allowed',
    allowed: '\\p{L}\\p{Z}\\p{N}_.:/=+\\-@',
    appliesTo: [
      { type: 'provider', attribute: 'default_tags.*.tags.keys.*' },
      { type: 'provider', attribute: 'default_tags.*.tags.*' },
    ],
    fix: { setting: 'tags', remedy: 'use letters, digits, spaces and `_.:/=+-@`' },
    source: awsLimitSourceUrl('IAM', 'Tag'),
  },
  rulesPerGroup: {
    what: 'rules of a security group in one direction and one address family',
    maximum: 60,
    measure: 'rules',
    appliesTo: [
      { type: 'baseline', attribute: 'ingress' },
      { type: 'baseline', attribute: 'egress' },
    ],
    quota: 'default',
    warning: true,
    fix: {
      setting: 'baselines',
      remedy: 'check that your quota "Inbound or outbound rules per security group" is higher, or declare fewer rules',
    },
    source: VPC_QUOTAS,
  },
  rulesPerGroupAtMost: {
    what: 'rules of a security group in one direction and one address family, even with the highest possible quota',
    maximum: 1_000,
    measure: 'rules',
    appliesTo: [
      { type: 'baseline', attribute: 'ingress' },
      { type: 'baseline', attribute: 'egress' },
    ],
    fix: { setting: 'baselines', remedy: 'declare fewer rules: join adjacent address blocks, or name a prefix list' },
    source: VPC_QUOTAS,
  },
  ruleDescription: {
    what: 'description of a rule of a security group',
    maximum: 255,
    measure: 'characters',
    appliesTo: [
      { type: 'baseline', attribute: 'ingress.*.description' },
      { type: 'baseline', attribute: 'egress.*.description' },
    ],
    fix: { setting: 'baselines', remedy: 'shorten the description' },
    source: awsLimitSourceUrl('AWSEC2', 'IpRange'),
  },
} as const satisfies Readonly<Record<string, AwsLimit>>;
