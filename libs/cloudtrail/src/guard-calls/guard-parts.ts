import type { GuardService } from './guard-services.js';

/** `stops`: the call stops a part of the guard. `changes`: the call changes a part of the guard, so the part may not work as deployed. */
export type GuardEffect = 'stops' | 'changes';

/** The names that identify the parts of a deployment in CloudTrail records. */
export interface GuardIdentity {
  /** The name of the deployment. The name of every part starts with this name and a hyphen. */
  readonly name: string;
  /**
   * The KMS key that encrypts the data of the deployment. Without a key, Portcullis does not watch calls to KMS.
   * @default none
   */
  readonly kmsKeyArn?: string | undefined;
}

/** A condition on a name, as written in an EventBridge pattern. */
export type Matcher = string | { readonly prefix: string } | { readonly wildcard: string };

/** Calls on a part of the guard. All these calls have the name of the part at the same path in the record. */
export interface WatchedCalls {
  /** The path of the part's name in the record. If null, Portcullis watches these calls on every resource. */
  readonly nameAt: string | null;
  /** The path of the name that `parseGuardCall` returns if `nameAt` is null. */
  readonly shownAt?: string;
  /**
   * Whether a call can identify the part by an id that Portcullis does not know. If true, Portcullis also watches calls whose record has no
   * name at the path.
   */
  readonly mayBeUnnamed?: boolean;
  /** The names of the calls with the effect `stops`, without the date and version that Lambda adds to a name. */
  readonly stops?: readonly string[];
  readonly changes?: readonly string[];
}

export interface GuardPart {
  readonly part: string;
  /** The event source without `.amazonaws.com`. */
  readonly service: GuardService;
  /** A text that says what happens without the part. */
  readonly consequence: string;
  /**
   * Returns event pattern matchers for the names that this part can have in the deployment. The list is empty if the deployment has no such
   * part, or if Portcullis watches calls on every resource.
   */
  readonly own: (guard: GuardIdentity) => readonly Matcher[];
  readonly calls: readonly WatchedCalls[];
}

const NO_RESTORATION = 'drift is not restored';
const NO_DETECTION = 'changes are not detected';
const WRONG_RIGHTS = 'the guard may have too few or too many permissions';

function guardCallNameMatchers({ name }: GuardIdentity): readonly Matcher[] {
  return [{ prefix: `${name}-` }];
}

/** Returns a matcher for ARNs that end in `kind` and the name of a part. */
function guardCallArnMatcher({ name }: GuardIdentity, kind: string): Matcher {
  return { wildcard: `*:${kind}${name}-*` };
}

export const EVENTBRIDGE_RULE = 'EventBridge rule';

/**
 * The calls that Portcullis watches: calls on the parts of a deployment, and on the recorders and trails of the account.
 *
 * A path names a parameter of the request as CloudTrail writes it, with a lower-case first letter. Sources, besides the API reference of
 * each call:
 * https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html (names with a date),
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-logging-using-cloudtrail.html (`queueUrl`),
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html (`PutBucketLifecycle`, `PutBucketPublicAccessBlock`),
 * https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html (`resources`),
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/logging_cw_api_calls.html (alarms and dashboards),
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/logging_cw_api_calls_cwl.html (log groups).
 */
export const GUARD_PARTS: readonly GuardPart[] = [
  {
    part: 'configuration recorder',
    service: 'config',
    consequence: `AWS Config records no changes, so ${NO_RESTORATION}`,
    own: () => [],
    calls: [
      {
        nameAt: null,
        stops: ['StopConfigurationRecorder', 'DeleteConfigurationRecorder', 'DeleteDeliveryChannel'],
        // https://docs.aws.amazon.com/config/latest/APIReference/API_DisassociateResourceTypes.html
        changes: ['PutConfigurationRecorder', 'PutDeliveryChannel', 'DisassociateResourceTypes'],
      },
    ],
  },
  {
    part: 'trail',
    service: 'cloudtrail',
    consequence: `EventBridge may receive no calls, so ${NO_DETECTION}`,
    own: () => [],
    calls: [
      {
        nameAt: null,
        shownAt: 'requestParameters.name',
        stops: ['StopLogging', 'DeleteTrail'],
        changes: ['UpdateTrail'],
      },
      { nameAt: null, shownAt: 'requestParameters.trailName', changes: ['PutEventSelectors'] },
    ],
  },
  {
    part: 'AWS Config rule',
    service: 'config',
    consequence: NO_RESTORATION,
    own: guardCallNameMatchers,
    calls: [
      { nameAt: 'requestParameters.configRuleName', stops: ['DeleteConfigRule'] },
      // A call identifies the rule by its name, id or ARN. Source:
      // https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigRule.html
      { nameAt: 'requestParameters.configRule.configRuleName', mayBeUnnamed: true, changes: ['PutConfigRule'] },
      {
        nameAt: 'requestParameters.organizationConfigRuleName',
        stops: ['DeleteOrganizationConfigRule'],
        changes: ['PutOrganizationConfigRule'],
      },
      // The call attaches an SSM automation to the rule. AWS Config then runs the automation on noncompliant resources, with the
      // automation's own role.
      {
        nameAt: 'requestParameters.remediationConfigurations.configRuleName',
        changes: ['PutRemediationConfigurations'],
      },
    ],
  },
  {
    part: EVENTBRIDGE_RULE,
    service: 'events',
    consequence: NO_DETECTION,
    own: guardCallNameMatchers,
    calls: [
      { nameAt: 'requestParameters.name', stops: ['DisableRule', 'DeleteRule'], changes: ['PutRule'] },
      { nameAt: 'requestParameters.rule', stops: ['RemoveTargets'], changes: ['PutTargets'] },
    ],
  },
  {
    part: 'event bus',
    service: 'events',
    consequence: `calls in member accounts are not forwarded, so ${NO_DETECTION}`,
    own: guardCallNameMatchers,
    calls: [
      { nameAt: 'requestParameters.name', stops: ['DeleteEventBus'], changes: ['UpdateEventBus'] },
      { nameAt: 'requestParameters.eventBusName', stops: ['RemovePermission'], changes: ['PutPermission'] },
    ],
  },
  {
    part: 'function',
    service: 'lambda',
    consequence: 'drift is not restored, or changes are not detected',
    // A call identifies the function by its name, its ARN, or the end of its ARN.
    own: (guard) => [...guardCallNameMatchers(guard), guardCallArnMatcher(guard, '')],
    calls: [
      {
        nameAt: 'requestParameters.functionName',
        stops: ['DeleteFunction', 'RemovePermission'],
        changes: [
          'UpdateFunctionCode',
          'UpdateFunctionConfiguration',
          'PutFunctionConcurrency',
          'DeleteFunctionConcurrency',
          'AddPermission',
          'PutFunctionEventInvokeConfig',
          'UpdateFunctionEventInvokeConfig',
          'DeleteFunctionEventInvokeConfig',
          'CreateFunctionUrlConfig',
          'PutRuntimeManagementConfig',
        ],
      },
    ],
  },
  {
    part: 'role',
    service: 'iam',
    consequence: WRONG_RIGHTS,
    own: guardCallNameMatchers,
    calls: [
      {
        nameAt: 'requestParameters.roleName',
        stops: ['DeleteRole', 'DeleteRolePolicy', 'DetachRolePolicy'],
        changes: [
          'PutRolePolicy',
          'AttachRolePolicy',
          'UpdateAssumeRolePolicy',
          'PutRolePermissionsBoundary',
          'DeleteRolePermissionsBoundary',
        ],
      },
    ],
  },
  {
    part: 'managed policy',
    service: 'iam',
    consequence: WRONG_RIGHTS,
    own: (guard) => [guardCallArnMatcher(guard, 'policy/')],
    calls: [
      {
        nameAt: 'requestParameters.policyArn',
        stops: ['DeletePolicy'],
        changes: ['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion'],
      },
    ],
  },
  {
    part: 'log group',
    service: 'logs',
    consequence: 'logged findings are lost',
    own: ({ name }) => [{ prefix: `/aws/lambda/${name}-` }, { wildcard: `*:/aws/lambda/${name}-*` }],
    calls: [
      {
        nameAt: 'requestParameters.logGroupName',
        stops: ['DeleteLogGroup', 'DeleteLogStream'],
        changes: ['PutRetentionPolicy', 'DeleteRetentionPolicy', 'AssociateKmsKey', 'DisassociateKmsKey'],
      },
      // These calls identify the log group by its ARN. Source:
      // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DisassociateKmsKey.html
      { nameAt: 'requestParameters.resourceIdentifier', changes: ['AssociateKmsKey', 'DisassociateKmsKey'] },
    ],
  },
  {
    part: 'alarm',
    service: 'monitoring',
    consequence: 'nobody is alerted if the guard fails',
    own: guardCallNameMatchers,
    calls: [
      { nameAt: 'requestParameters.alarmNames', stops: ['DeleteAlarms', 'DisableAlarmActions'] },
      { nameAt: 'requestParameters.alarmName', changes: ['PutMetricAlarm', 'SetAlarmState'] },
    ],
  },
  {
    part: 'dashboard',
    service: 'monitoring',
    consequence: 'the dashboard no longer shows whether the guard works',
    own: guardCallNameMatchers,
    // Nothing depends on the dashboard, so deleting the dashboard has the effect `changes`.
    calls: [
      { nameAt: 'requestParameters.dashboardNames', changes: ['DeleteDashboards'] },
      { nameAt: 'requestParameters.dashboardName', changes: ['PutDashboard'] },
    ],
  },
  {
    part: 'queue',
    service: 'sqs',
    consequence: 'events that failed or were not delivered are lost',
    own: ({ name }) => [{ wildcard: `*/${name}-*` }],
    calls: [
      {
        nameAt: 'requestParameters.queueUrl',
        stops: ['DeleteQueue'],
        changes: ['SetQueueAttributes', 'PurgeQueue', 'AddPermission', 'RemovePermission'],
      },
    ],
  },
  {
    part: 'log bucket',
    service: 's3',
    consequence: 'deliveries of the recorder or the trail are lost or exposed',
    own: ({ name }) => [{ prefix: `${name}-config-` }, { prefix: `${name}-trail-` }],
    calls: [
      {
        nameAt: 'requestParameters.bucketName',
        // Without the bucket policy, AWS Config and CloudTrail cannot deliver to the bucket.
        stops: ['DeleteBucket', 'DeleteBucketPolicy'],
        changes: [
          'PutBucketPolicy',
          'PutBucketLifecycle',
          'DeleteBucketLifecycle',
          'PutBucketPublicAccessBlock',
          'DeleteBucketPublicAccessBlock',
          'PutBucketEncryption',
          'DeleteBucketEncryption',
          'PutBucketVersioning',
          'PutBucketAcl',
        ],
      },
    ],
  },
  {
    part: 'KMS key',
    service: 'kms',
    consequence: 'logs, queues and deliveries cannot be written or read',
    own: ({ kmsKeyArn }) => (kmsKeyArn === undefined ? [] : [kmsKeyArn]),
    calls: [
      {
        // A request identifies the key by id or ARN. The record always contains the ARN under `resources`. Portcullis does not watch
        // CreateGrant and RetireGrant: AWS services make both calls all day on a shared key, and the deployment needs no grants.
        nameAt: 'resources.ARN',
        stops: ['DisableKey', 'ScheduleKeyDeletion', 'DeleteImportedKeyMaterial'],
        changes: ['PutKeyPolicy', 'RevokeGrant'],
      },
    ],
  },
  {
    part: 'schedule',
    service: 'scheduler',
    consequence: 'a group that waits for an approval may be restored late, or only after AWS Config evaluates the group again',
    own: guardCallNameMatchers,
    // UNCONFIRMED: AWS documents no record of a call to EventBridge Scheduler, so we assume the same paths as in other services.
    calls: [
      { nameAt: 'requestParameters.groupName', stops: ['DeleteSchedule'], changes: ['UpdateSchedule'] },
      { nameAt: 'requestParameters.name', stops: ['DeleteScheduleGroup'] },
    ],
  },
  {
    part: 'StackSet of the members',
    service: 'cloudformation',
    consequence: 'the roles and rules of the guard in member accounts may be deleted or changed',
    // In a member account, the name of the stack contains the name of the StackSet. A call identifies a stack by its name or its ARN.
    own: ({ name }) => [{ prefix: `${name}-members-` }, { wildcard: `*StackSet-${name}-members-*` }],
    // UNCONFIRMED: AWS documents no record of a call on a StackSet, so we assume the same paths as in a call on a stack:
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-api-logging-cloudtrail.html
    calls: [
      {
        nameAt: 'requestParameters.stackSetName',
        stops: ['DeleteStackInstances', 'DeleteStackSet'],
        changes: ['UpdateStackSet', 'UpdateStackInstances'],
      },
      { nameAt: 'requestParameters.stackName', stops: ['DeleteStack'], changes: ['UpdateStack'] },
    ],
  },
];
