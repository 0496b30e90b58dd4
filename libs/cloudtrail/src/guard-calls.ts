/** The calls that take the guard away or change it: the recorder and the trail that it lives on, and everything that a deployment is made of. */
import { at, membersOf, textOf, type Located } from './located.js';
import { readActor, type Actor } from './actor.js';
import type { Outcome } from './call-record.js';
import type { RecordProblem } from './problem.js';
import { outcomeOf, readHeader, recordIn } from './record-header.js';

/** `stops`: something of the guard works no more. `changes`: it may no longer work as it was deployed. */
export type GuardEffect = 'stops' | 'changes';

/** One call on a part of the guard, as its CloudTrail record tells it. */
export interface GuardCall {
  readonly eventId: string;
  readonly sharedEventId: string | null;
  readonly eventName: string;
  /** ISO 8601, UTC. */
  readonly eventTime: string;
  readonly accountId: string;
  readonly region: string;
  readonly actor: Actor;
  /** Null when the call succeeded. */
  readonly errorCode: string | null;
  readonly outcome: Outcome;
  /** What the call was about, for a person: `configuration recorder`, `function`, … */
  readonly part: string;
  /** How the call named it; null where it named nothing. */
  readonly name: string | null;
  readonly effect: GuardEffect;
  /** What does not work any more when the part does not. */
  readonly consequence: string;
}

/** What a deployment is known by in the calls on it. */
export interface GuardIdentity {
  /** Begins the name of everything in the deployment, before a hyphen. */
  readonly name: string;
  /**
   * The KMS key that encrypts what the deployment keeps.
   * @default none: no call of KMS is watched
   */
  readonly kmsKeyArn?: string | undefined;
}

type Matcher = string | { readonly prefix: string } | { readonly wildcard: string };
/** As the pattern of an EventBridge rule says it. */
type Alternative = Matcher | { readonly exists: false };

/** Calls that name the part in the same place. */
interface Calls {
  /** Where the record names it. Null: every such call is watched, whatever it names. */
  readonly at: string | null;
  /** Where the record has a name to show, for calls that are watched whatever they name. */
  readonly shown?: string;
  /** Whether a call may name the part by an id that is not known here. A call without a name is then watched, whatever part it is on. */
  readonly mayBeUnnamed?: boolean;
  /** By name, without the date and version that Lambda adds to its own. */
  readonly stops?: readonly string[];
  readonly changes?: readonly string[];
}

interface Part {
  readonly part: string;
  /** Begins the event source, before `.amazonaws.com`. */
  readonly service: GuardService;
  readonly consequence: string;
  /** The names that are the deployment's own; none if it has no such part. */
  readonly own: (guard: GuardIdentity) => readonly Matcher[];
  readonly calls: readonly Calls[];
}

export type GuardService = 'cloudtrail' | 'config' | 'events' | 'iam' | 'kms' | 'lambda' | 'logs' | 'monitoring' | 's3' | 'sqs';

const NO_RESTORATION = 'what drifts is not restored';
const NO_DETECTION = 'changes are not detected';
const WRONG_RIGHTS = 'the guard may lack what it needs, or have more than it should';

const named = ({ name }: GuardIdentity): readonly Matcher[] => [{ prefix: `${name}-` }];
const endsArn = ({ name }: GuardIdentity, kind: string): Matcher => ({ wildcard: `*:${kind}${name}-*` });

const RULE = 'EventBridge rule';

/**
 * Where a record names a part is the request's member with a small first letter, as CloudTrail writes it. Sources, beside the API reference of each call:
 * https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html (names with a date),
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-logging-using-cloudtrail.html (`queueUrl`),
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html (`PutBucketLifecycle`, `PutBucketPublicAccessBlock`),
 * https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html (`resources`),
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/logging_cw_api_calls.html (alarms and dashboards),
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/logging_cw_api_calls_cwl.html (log groups).
 */
const PARTS: readonly Part[] = [
  {
    part: 'configuration recorder',
    service: 'config',
    consequence: `AWS Config hears of no change: ${NO_RESTORATION}`,
    own: () => [],
    calls: [
      {
        at: null,
        stops: ['StopConfigurationRecorder', 'DeleteConfigurationRecorder', 'DeleteDeliveryChannel'],
        // https://docs.aws.amazon.com/config/latest/APIReference/API_DisassociateResourceTypes.html
        changes: ['PutConfigurationRecorder', 'PutDeliveryChannel', 'DisassociateResourceTypes'],
      },
    ],
  },
  {
    part: 'trail',
    service: 'cloudtrail',
    consequence: `EventBridge may be told of no call: ${NO_DETECTION}`,
    own: () => [],
    calls: [
      {
        at: null,
        shown: 'requestParameters.name',
        stops: ['StopLogging', 'DeleteTrail'],
        changes: ['UpdateTrail'],
      },
      { at: null, shown: 'requestParameters.trailName', changes: ['PutEventSelectors'] },
    ],
  },
  {
    part: 'AWS Config rule',
    service: 'config',
    consequence: NO_RESTORATION,
    own: named,
    calls: [
      { at: 'requestParameters.configRuleName', stops: ['DeleteConfigRule'] },
      // By its name, its id or its ARN. Source: https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigRule.html
      { at: 'requestParameters.configRule.configRuleName', mayBeUnnamed: true, changes: ['PutConfigRule'] },
      {
        at: 'requestParameters.organizationConfigRuleName',
        stops: ['DeleteOrganizationConfigRule'],
        changes: ['PutOrganizationConfigRule'],
      },
      // An automation of somebody else's that runs on what the rule finds, with a role of its own.
      {
        at: 'requestParameters.remediationConfigurations.configRuleName',
        changes: ['PutRemediationConfigurations'],
      },
    ],
  },
  {
    part: RULE,
    service: 'events',
    consequence: NO_DETECTION,
    own: named,
    calls: [
      { at: 'requestParameters.name', stops: ['DisableRule', 'DeleteRule'], changes: ['PutRule'] },
      { at: 'requestParameters.rule', stops: ['RemoveTargets'], changes: ['PutTargets'] },
    ],
  },
  {
    part: 'event bus',
    service: 'events',
    consequence: `calls in member accounts are not forwarded: ${NO_DETECTION}`,
    own: named,
    calls: [
      { at: 'requestParameters.name', stops: ['DeleteEventBus'], changes: ['UpdateEventBus'] },
      { at: 'requestParameters.eventBusName', stops: ['RemovePermission'], changes: ['PutPermission'] },
    ],
  },
  {
    part: 'function',
    service: 'lambda',
    consequence: 'what it should do is not done',
    // By its ARN, or the end of it.
    own: (guard) => [...named(guard), endsArn(guard, '')],
    calls: [
      {
        at: 'requestParameters.functionName',
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
    own: named,
    calls: [
      {
        at: 'requestParameters.roleName',
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
    own: (guard) => [endsArn(guard, 'policy/')],
    calls: [
      {
        at: 'requestParameters.policyArn',
        stops: ['DeletePolicy'],
        changes: ['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion'],
      },
    ],
  },
  {
    part: 'log group',
    service: 'logs',
    consequence: 'findings that were logged are gone',
    own: ({ name }) => [{ prefix: `/aws/lambda/${name}-` }, { wildcard: `*:/aws/lambda/${name}-*` }],
    calls: [
      {
        at: 'requestParameters.logGroupName',
        stops: ['DeleteLogGroup', 'DeleteLogStream'],
        changes: ['PutRetentionPolicy', 'DeleteRetentionPolicy', 'AssociateKmsKey', 'DisassociateKmsKey'],
      },
      // By its ARN, instead. Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DisassociateKmsKey.html
      { at: 'requestParameters.resourceIdentifier', changes: ['AssociateKmsKey', 'DisassociateKmsKey'] },
    ],
  },
  {
    part: 'alarm',
    service: 'monitoring',
    consequence: 'nobody is told when the guard fails',
    own: named,
    calls: [
      { at: 'requestParameters.alarmNames', stops: ['DeleteAlarms', 'DisableAlarmActions'] },
      { at: 'requestParameters.alarmName', changes: ['PutMetricAlarm', 'SetAlarmState'] },
    ],
  },
  {
    part: 'dashboard',
    service: 'monitoring',
    consequence: 'nobody sees at a glance how the guard is',
    own: named,
    // It shows what the metrics hold, and nothing depends on it: to remove it stops nothing.
    calls: [
      { at: 'requestParameters.dashboardNames', changes: ['DeleteDashboards'] },
      { at: 'requestParameters.dashboardName', changes: ['PutDashboard'] },
    ],
  },
  {
    part: 'queue',
    service: 'sqs',
    consequence: 'events that failed or could not be delivered are lost',
    own: ({ name }) => [{ wildcard: `*/${name}-*` }],
    calls: [
      {
        at: 'requestParameters.queueUrl',
        stops: ['DeleteQueue'],
        changes: ['SetQueueAttributes', 'PurgeQueue', 'AddPermission', 'RemovePermission'],
      },
    ],
  },
  {
    part: 'log bucket',
    service: 's3',
    consequence: 'what the recorder or the trail delivers is lost, or open to others',
    own: ({ name }) => [{ prefix: `${name}-config-` }, { prefix: `${name}-trail-` }],
    calls: [
      {
        at: 'requestParameters.bucketName',
        // Without its policy, neither AWS Config nor CloudTrail may deliver.
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
    consequence: 'logs, queues and deliveries can be neither written nor read',
    own: ({ kmsKeyArn }) => (kmsKeyArn === undefined ? [] : [kmsKeyArn]),
    calls: [
      {
        // A request may name the key by its id or its ARN; the record has its ARN besides. Not watched are CreateGrant and RetireGrant, which AWS
        // services call all day on a key that is shared with them: the deployment itself uses the key by its policy.
        at: 'resources.ARN',
        stops: ['DisableKey', 'ScheduleKeyDeletion', 'DeleteImportedKeyMaterial'],
        changes: ['PutKeyPolicy', 'RevokeGrant'],
      },
    ],
  },
];

/** The services whose calls are watched. */
export const guardEventSources: readonly string[] = [...new Set(PARTS.map(({ service }) => sourceOf(service)))];

/** The `EventPattern` of an EventBridge rule, as JSON. */
export interface GuardCallPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface GuardCallPatternOptions {
  /** The services whose calls the pattern is for. One that fits EventBridge takes a few of them. */
  readonly services: readonly GuardService[];
  /**
   * The EventBridge rules to watch. A rule cannot watch itself: disabled, it tells nobody.
   * @default none
   */
  readonly ruleNames?: readonly string[];
}

/**
 * Returns the pattern for the calls on a deployment that go to some services. It holds for every recorder and trail of the account, since each may be
 * the one that the guard lives on.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function guardCallPattern(guard: GuardIdentity, { services, ruleNames = [] }: GuardCallPatternOptions): GuardCallPattern {
  const matched = PARTS.filter(({ part, service }) => part === RULE || services.includes(service)).flatMap((part) => {
    const own = part.part === RULE ? ruleNames : part.own(guard);
    return part.calls
      .filter(({ at: place }) => place === null || own.length > 0)
      .map((calls) => ({ service: part.service, alternative: alternativeOf(part.service, calls, own) }));
  });
  const [first, ...others] = matched.map(({ alternative }) => alternative);
  const own = matched.map(({ service }) => service);
  return {
    ...anyCallPattern(own),
    detail: {
      eventSource: [...new Set(own)].map(sourceOf),
      // `$or` of a single alternative would be a field of that name.
      ...(others.length === 0 ? first : { $or: [first, ...others] }),
    },
  };
}

/** Returns the pattern for every call that goes to some services: for a bus that gets only calls which another pattern let through. */
export function anyCallPattern(services: readonly GuardService[]): GuardCallPattern {
  return {
    source: [...new Set(services)].map((service) => `aws.${service}`),
    'detail-type': ['AWS API Call via CloudTrail'],
  };
}

function alternativeOf(
  service: GuardService,
  { at: place, mayBeUnnamed = false, stops = [], changes = [] }: Calls,
  own: readonly Matcher[],
): object {
  const names = [...stops, ...changes];
  const eventName: readonly Matcher[] =
    service === 'lambda'
      ? names.filter((name) => !names.some((other) => other !== name && name.startsWith(other))).map((prefix) => ({ prefix }))
      : names;
  if (place === null) return { eventName };
  const [outermost, ...inner] = place.split('.');
  const named: readonly Alternative[] = mayBeUnnamed ? [...own, { exists: false }] : own;
  return {
    eventName,
    [String(outermost)]: inner.reduceRight<unknown>((within, key) => ({ [key]: within }), named),
  };
}

function sourceOf(service: GuardService): string {
  return `${service}.amazonaws.com`;
}

export type ParsedGuardCall =
  /** `undefined`: it is about nothing of the guard's. */
  | { readonly ok: true; readonly value: GuardCall | undefined }
  | {
      readonly ok: false;
      readonly problems: readonly RecordProblem[];
      /** As far as they could be read. */
      readonly eventId: string | null;
      readonly eventName: string | null;
    };

/** Reports whether an event is of a service that the guard is made of, and so for {@link parseGuardCall}. */
export function isGuardEvent(event: unknown): boolean {
  const source = textOf(at(recordIn({ value: event, path: '' }, []), 'eventSource'));
  return source !== null && guardEventSources.includes(source);
}

/** Reads the record of a call on a part of the deployment. Never throws, whatever JSON it is given. */
export function parseGuardCall(event: unknown, guard: GuardIdentity): ParsedGuardCall {
  const problems: RecordProblem[] = [];
  const whole: Located = { value: event, path: '' };
  const record = recordIn(whole, problems);
  const header = readHeader(record, whole, guardEventSources, problems);
  if (problems.length > 0) {
    const { eventId, eventName } = header;
    return { ok: false, problems, eventId: eventId || null, eventName: eventName || null };
  }
  const read = readPart(record, header.eventName.replace(/\d{8}(v\d+)?$/, ''), guard);
  if (read === undefined) return { ok: true, value: undefined };
  const errorCode = textOf(at(record, 'errorCode'));
  return {
    ok: true,
    value: {
      ...header,
      ...read,
      sharedEventId: textOf(at(record, 'sharedEventID')),
      actor: readActor(record),
      errorCode,
      outcome: outcomeOf(errorCode),
    },
  };
}

/** Returns which part of the deployment a call is on and what it does to it; undefined if it is on none. */
function readPart(
  record: Located,
  eventName: string,
  guard: GuardIdentity,
): Pick<GuardCall, 'part' | 'name' | 'effect' | 'consequence'> | undefined {
  const source = textOf(at(record, 'eventSource'));
  for (const { part, service, consequence, own, calls } of PARTS) {
    if (sourceOf(service) !== source) continue;
    for (const { at: place, shown, mayBeUnnamed = false, stops = [], changes = [] } of calls) {
      if (!stops.includes(eventName) && !changes.includes(eventName)) continue;
      const names = textsAt(record, place ?? shown);
      const matchers = own(guard);
      const name = place === null ? names[0] : names.find((each) => matchers.some((matcher) => matches(matcher, each)));
      if (place !== null && name === undefined && !(mayBeUnnamed && names.length === 0)) continue;
      const isStopped = stops.includes(eventName) || isSwitchedOff(at(record, 'requestParameters'));
      return { part, name: name ?? null, effect: isStopped ? 'stops' : 'changes', consequence };
    }
  }
  return undefined;
}

/**
 * A function that may have no instance, a rule that is put in its disabled state, and a recorder that is to leave out security groups are as good as
 * deleted.
 */
function isSwitchedOff(request: Located): boolean {
  return (
    at(request, 'reservedConcurrentExecutions').value === 0 ||
    at(request, 'state').value === 'DISABLED' ||
    textsAt(request, 'resourceTypes').includes('AWS::EC2::SecurityGroup')
  );
}

/** Returns the texts at a path, through any lists on the way, as EventBridge finds them. */
function textsAt(located: Located, path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  return path
    .split('.')
    .reduce<readonly Located[]>((found, key) => found.flatMap((each) => membersOf(at(each, key), [])), [located])
    .flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
}

function matches(matcher: Matcher, name: string): boolean {
  if (typeof matcher === 'string') return name === matcher;
  if ('prefix' in matcher) return name.startsWith(matcher.prefix);
  const parts = matcher.wildcard.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`).test(name);
}
