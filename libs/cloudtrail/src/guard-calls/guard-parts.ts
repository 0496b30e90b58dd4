import type { GuardService } from './guard-services.js';

/** `stops`: the call stops a part of the guard. `changes`: after the call, the part may no longer work as deployed. */
export type GuardEffect = 'stops' | 'changes';

/** Identifies the parts of a deployment in calls. */
export interface GuardIdentity {
  /** The name of every part starts with this and a hyphen. */
  readonly name: string;
  /**
   * The KMS key that encrypts the data of the deployment.
   * @default none: calls to KMS are not watched
   */
  readonly kmsKeyArn?: string | undefined;
}

/** Matches a name, as in an EventBridge pattern. */
export type Matcher = string | { readonly prefix: string } | { readonly wildcard: string };

/** Calls whose records all have the name of the part at one path. */
export interface WatchedCalls {
  /** The path of the part's name in the record. Null if these calls are watched regardless of the name. */
  readonly nameAt: string | null;
  /** The path of a name to display if `nameAt` is null. */
  readonly shownAt?: string;
  /**
   * Whether a call may identify the part by an id that is not known here. If true, calls without a name at the path are watched too,
   * because they may be on the part.
   */
  readonly mayBeUnnamed?: boolean;
  /** The names of the calls, without the dates and versions that Lambda adds. */
  readonly stops?: readonly string[];
  readonly changes?: readonly string[];
}

export interface GuardPart {
  readonly part: string;
  /** The event source without `.amazonaws.com`. */
  readonly service: GuardService;
  /** The consequence of losing the part. */
  readonly consequence: string;
  /** Returns the patterns of the part's names, or an empty list if the deployment has no such part. */
  readonly own: (guard: GuardIdentity) => readonly Matcher[];
  readonly calls: readonly WatchedCalls[];
}

const NO_RESTORATION = 'drift is not restored';
const NO_DETECTION = 'changes are not detected';
const WRONG_RIGHTS = 'the guard may have too few or too many permissions';

function namedAfterGuard({ name }: GuardIdentity): readonly Matcher[] {
  return [{ prefix: `${name}-` }];
}

/** Matches an ARN that ends in a name of the deployment. */
function arnNamedAfterGuard({ name }: GuardIdentity, kind: string): Matcher {
  return { wildcard: `*:${kind}${name}-*` };
}

export const EVENTBRIDGE_RULE = 'EventBridge rule';

/**
 * The calls on all parts of a deployment and on everything that it depends on.
 *
 * A path is a member of the request, with a lower-case first letter as CloudTrail writes it. Sources, besides the API reference of each
 * call:
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
    own: namedAfterGuard,
    calls: [
      { nameAt: 'requestParameters.configRuleName', stops: ['DeleteConfigRule'] },
      // Named by name, id or ARN. Source: https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigRule.html
      { nameAt: 'requestParameters.configRule.configRuleName', mayBeUnnamed: true, changes: ['PutConfigRule'] },
      {
        nameAt: 'requestParameters.organizationConfigRuleName',
        stops: ['DeleteOrganizationConfigRule'],
        changes: ['PutOrganizationConfigRule'],
      },
      // The call attaches an automation, with its own role, to the results of the rule.
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
    own: namedAfterGuard,
    calls: [
      { nameAt: 'requestParameters.name', stops: ['DisableRule', 'DeleteRule'], changes: ['PutRule'] },
      { nameAt: 'requestParameters.rule', stops: ['RemoveTargets'], changes: ['PutTargets'] },
    ],
  },
  {
    part: 'event bus',
    service: 'events',
    consequence: `calls in member accounts are not forwarded, so ${NO_DETECTION}`,
    own: namedAfterGuard,
    calls: [
      { nameAt: 'requestParameters.name', stops: ['DeleteEventBus'], changes: ['UpdateEventBus'] },
      { nameAt: 'requestParameters.eventBusName', stops: ['RemovePermission'], changes: ['PutPermission'] },
    ],
  },
  {
    part: 'function',
    service: 'lambda',
    consequence: 'drift is not restored, or changes are not detected',
    // Named by name, by ARN, or by the end of the ARN.
    own: (guard) => [...namedAfterGuard(guard), arnNamedAfterGuard(guard, '')],
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
    own: namedAfterGuard,
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
    own: (guard) => [arnNamedAfterGuard(guard, 'policy/')],
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
      // Named by ARN. Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DisassociateKmsKey.html
      { nameAt: 'requestParameters.resourceIdentifier', changes: ['AssociateKmsKey', 'DisassociateKmsKey'] },
    ],
  },
  {
    part: 'alarm',
    service: 'monitoring',
    consequence: 'nobody is alerted if the guard fails',
    own: namedAfterGuard,
    calls: [
      { nameAt: 'requestParameters.alarmNames', stops: ['DeleteAlarms', 'DisableAlarmActions'] },
      { nameAt: 'requestParameters.alarmName', changes: ['PutMetricAlarm', 'SetAlarmState'] },
    ],
  },
  {
    part: 'dashboard',
    service: 'monitoring',
    consequence: 'the state of the guard is no longer visible at a glance',
    own: namedAfterGuard,
    // Nothing depends on the dashboard, so removing it stops nothing.
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
        // Without the bucket policy, AWS Config and CloudTrail cannot deliver.
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
        // A request names the key by id or ARN, and the record always has the ARN. CreateGrant and RetireGrant are not watched: AWS
        // services call them all day on a shared key, and the deployment uses the key through the key policy.
        nameAt: 'resources.ARN',
        stops: ['DisableKey', 'ScheduleKeyDeletion', 'DeleteImportedKeyMaterial'],
        changes: ['PutKeyPolicy', 'RevokeGrant'],
      },
    ],
  },
  {
    part: 'schedule',
    service: 'scheduler',
    consequence: 'a group that waits for an approval may be restored late, or only after its next event',
    own: namedAfterGuard,
    // UNCONFIRMED: AWS documents no record of these calls, so the paths follow its other services.
    calls: [
      { nameAt: 'requestParameters.groupName', stops: ['DeleteSchedule'], changes: ['UpdateSchedule'] },
      { nameAt: 'requestParameters.name', stops: ['DeleteScheduleGroup'] },
    ],
  },
  {
    part: 'StackSet of the members',
    service: 'cloudformation',
    consequence: 'member accounts lose their roles and their rules, or get others',
    // CloudFormation names the stack of a StackSet in an account after the StackSet. Calls name a stack by its name or its ARN.
    own: ({ name }) => [{ prefix: `${name}-members-` }, { wildcard: `*StackSet-${name}-members-*` }],
    // UNCONFIRMED: AWS documents no record of the calls on StackSets, so their paths follow the calls on stacks:
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
