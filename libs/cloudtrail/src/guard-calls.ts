/** The calls that take the guard away or change it: the recorder and the trail that it lives on, its rules, functions, roles, logs and alarms. */
import { at, isObject, textOf, type Located } from '@portcullis/permission-diff/cloudtrail';
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

interface Part {
  readonly part: string;
  readonly source: string;
  readonly consequence: string;
  /** By name, without the date and version that Lambda adds to its own. */
  readonly calls: Readonly<Record<string, GuardEffect>>;
  /** Where in the request the name may be. Without, whatever the call names is watched. */
  readonly named: readonly string[];
  /** What comes in front of the deployment's name. */
  readonly prefix?: string;
}

const NO_RESTORATION = 'what drifts is not restored';
const NO_DETECTION = 'changes are not detected';

// Sources: API references of the services; event names of Lambda: its developer guide, "Logging Lambda API calls using CloudTrail".
const PARTS: readonly Part[] = [
  {
    part: 'configuration recorder',
    source: 'config.amazonaws.com',
    consequence: `AWS Config hears of no change: ${NO_RESTORATION}`,
    calls: {
      StopConfigurationRecorder: 'stops',
      DeleteConfigurationRecorder: 'stops',
      PutConfigurationRecorder: 'changes',
      DeleteDeliveryChannel: 'stops',
    },
    named: [],
  },
  {
    part: 'trail',
    source: 'cloudtrail.amazonaws.com',
    consequence: `EventBridge may be told of no call: ${NO_DETECTION}`,
    calls: { StopLogging: 'stops', DeleteTrail: 'stops', UpdateTrail: 'changes', PutEventSelectors: 'changes' },
    named: [],
  },
  {
    part: 'AWS Config rule',
    source: 'config.amazonaws.com',
    consequence: NO_RESTORATION,
    calls: {
      DeleteConfigRule: 'stops',
      PutConfigRule: 'changes',
      DeleteOrganizationConfigRule: 'stops',
      PutOrganizationConfigRule: 'changes',
    },
    named: ['configRuleName', 'configRule.configRuleName', 'organizationConfigRuleName'],
  },
  {
    part: 'EventBridge rule',
    source: 'events.amazonaws.com',
    consequence: NO_DETECTION,
    calls: {
      DisableRule: 'stops',
      DeleteRule: 'stops',
      RemoveTargets: 'stops',
      PutRule: 'changes',
      PutTargets: 'changes',
    },
    named: ['name', 'rule'],
  },
  {
    part: 'function',
    source: 'lambda.amazonaws.com',
    consequence: 'what it should do is not done',
    calls: {
      DeleteFunction: 'stops',
      UpdateFunctionCode: 'changes',
      UpdateFunctionConfiguration: 'changes',
      PutFunctionConcurrency: 'changes',
      DeleteFunctionConcurrency: 'changes',
      AddPermission: 'changes',
      RemovePermission: 'stops',
      PutFunctionEventInvokeConfig: 'changes',
      UpdateFunctionEventInvokeConfig: 'changes',
      DeleteFunctionEventInvokeConfig: 'changes',
    },
    named: ['functionName'],
  },
  {
    part: 'role',
    source: 'iam.amazonaws.com',
    consequence: 'the guard may lack what it needs, or have more than it should',
    calls: {
      DeleteRole: 'stops',
      DeleteRolePolicy: 'stops',
      PutRolePolicy: 'changes',
      AttachRolePolicy: 'changes',
      DetachRolePolicy: 'changes',
      UpdateAssumeRolePolicy: 'changes',
      PutRolePermissionsBoundary: 'changes',
      DeleteRolePermissionsBoundary: 'changes',
    },
    named: ['roleName'],
  },
  {
    part: 'log group',
    source: 'logs.amazonaws.com',
    consequence: 'findings that were logged are gone',
    calls: { DeleteLogGroup: 'stops', DeleteLogStream: 'stops', PutRetentionPolicy: 'changes' },
    named: ['logGroupName'],
    prefix: '/aws/lambda/',
  },
  {
    part: 'alarm',
    source: 'monitoring.amazonaws.com',
    consequence: 'nobody is told when the guard fails',
    calls: { DeleteAlarms: 'stops', DisableAlarmActions: 'stops', PutMetricAlarm: 'changes', SetAlarmState: 'changes' },
    named: ['alarmNames', 'alarmName'],
  },
];

/** The services whose calls are watched. */
export const guardEventSources: readonly string[] = [...new Set(PARTS.map(({ source }) => source))];

type Matcher = string | { readonly prefix: string } | { readonly wildcard: string };

const EVENTS = 'events.amazonaws.com';
const LAMBDA = 'lambda.amazonaws.com';

/** The `EventPattern` of an EventBridge rule, as JSON. */
export interface GuardCallPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: { readonly $or: readonly object[] };
}

/**
 * Returns the pattern for the calls on a deployment: everything in it has a name that begins with `<deployment>-`. It holds for every recorder and
 * trail of the account, since each may be the one that the guard lives on.
 *
 * @param ruleNames the EventBridge rules to watch. A rule cannot watch itself: disabled, it tells nobody.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function guardCallPattern(deployment: string, ruleNames: readonly string[]): GuardCallPattern {
  return patternOf(PARTS, deployment, ruleNames);
}

/** Returns the pattern for the calls on EventBridge rules alone. */
export function ruleCallPattern(ruleNames: readonly string[]): GuardCallPattern {
  return patternOf(
    PARTS.filter(({ source }) => source === EVENTS),
    '',
    ruleNames,
  );
}

function patternOf(parts: readonly Part[], deployment: string, ruleNames: readonly string[]): GuardCallPattern {
  const sources = [...new Set(parts.map(({ source }) => source))];
  return {
    source: sources.map((source) => `aws.${source.replace(/\.amazonaws\.com$/, '')}`),
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: { $or: parts.flatMap((part) => alternativesOf(part, deployment, ruleNames)) },
  };
}

function alternativesOf(
  { source, calls, named, prefix = '' }: Part,
  deployment: string,
  ruleNames: readonly string[],
): object[] {
  const eventName = Object.keys(calls).map((name) => (source === LAMBDA ? { prefix: name } : name));
  const call = { eventSource: [source], eventName };
  if (named.length === 0) return [call];
  const own: readonly Matcher[] =
    source === EVENTS
      ? ruleNames
      : [
          { prefix: `${prefix}${deployment}-` },
          // By its ARN, or the end of it.
          ...(source === LAMBDA ? [{ wildcard: `*:${deployment}-*` }] : []),
        ];
  return named.map((path) => ({
    ...call,
    requestParameters: path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), own),
  }));
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
export function parseGuardCall(event: unknown, deployment: string): ParsedGuardCall {
  const problems: RecordProblem[] = [];
  const whole: Located = { value: event, path: '' };
  const record = recordIn(whole, problems);
  const header = readHeader(record, whole, guardEventSources, problems);
  if (problems.length > 0) {
    const { eventId, eventName } = header;
    return { ok: false, problems, eventId: eventId || null, eventName: eventName || null };
  }
  const plainName = header.eventName.replace(/\d{8}(v\d+)?$/, '');
  const request = at(record, 'requestParameters');
  const source = textOf(at(record, 'eventSource'));
  const part = PARTS.find((each) => each.source === source && Object.hasOwn(each.calls, plainName));
  const names = part === undefined ? [] : namesIn(request, part);
  const name = names.find((each) => part !== undefined && isOf(deployment, each, part)) ?? names[0] ?? null;
  if (part === undefined || (part.named.length > 0 && (name === null || !isOf(deployment, name, part))))
    return { ok: true, value: undefined };
  const errorCode = textOf(at(record, 'errorCode'));
  return {
    ok: true,
    value: {
      ...header,
      sharedEventId: textOf(at(record, 'sharedEventID')),
      actor: readActor(record),
      errorCode,
      outcome: outcomeOf(errorCode),
      part: part.part,
      name,
      effect: isSwitchedOff(request) ? 'stops' : (part.calls[plainName] ?? 'changes'),
      consequence: part.consequence,
    },
  };
}

/** A function that may have no instance, and a rule that is put in its disabled state, are as good as deleted. */
function isSwitchedOff(request: Located): boolean {
  return at(request, 'reservedConcurrentExecutions').value === 0 || at(request, 'state').value === 'DISABLED';
}

function namesIn(request: Located, { named, source }: Part): string[] {
  // Recorders and trails are named for people only.
  const paths = named.length > 0 ? named : source === 'cloudtrail.amazonaws.com' ? ['name', 'trailName'] : [];
  return paths.flatMap((path) => {
    const { value } = path
      .split('.')
      .reduce((located, key) => (isObject(located) ? at(located, key) : located), request);
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.filter((each) => typeof each === 'string');
  });
}

function isOf(deployment: string, name: string, { prefix = '', source }: Part): boolean {
  if (name.startsWith(`${prefix}${deployment}-`)) return true;
  return source === LAMBDA && name.includes(`:${deployment}-`);
}
