/** Reads what AWS Config sends to a custom rule's Lambda, and what the detector does. Nothing in it is trusted to be there. */
import { readConfigItem, type Rule } from '@portcullis/permission-diff';
import { isRestorationRequest } from '../runtime/restoration-request.js';

/** What the event asks for. Times are the ones an evaluation must be ordered by. */
export type Trigger =
  /** A live security group was recorded. */
  | { readonly kind: 'group'; readonly group: RecordedGroup; readonly saw: Saw; readonly time: Date }
  /** A resource that is not a live security group in scope: its evaluation is NOT_APPLICABLE. */
  | {
      readonly kind: 'not-applicable';
      readonly resourceType: string;
      readonly resourceId: string;
      readonly reason: string;
      readonly time: Date;
    }
  /** Every guarded group is to be evaluated. */
  | { readonly kind: 'schedule'; readonly time: Date }
  /** Nothing is to be evaluated. */
  | { readonly kind: 'nothing'; readonly reason: string };

/**
 * What the sender saw of the group: its rules when the item was captured, a drift, or nothing that can be read. It never decides what is
 * restored, since it is minutes old: it only makes a read that contradicts it doubtful.
 */
export type Saw = readonly Rule[] | 'drift' | null;

/** The group as the item names it. */
export interface RecordedGroup {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
}

export interface RemediatorInvocation {
  readonly trigger: Trigger;
  readonly source: 'config' | 'cloudtrail';
  /** Names the event, the same when it is delivered again. */
  readonly eventId: string;
  /** What AWS Config calls its message, or the call that led the detector to ask. */
  readonly messageType: string;
  /** The rule's name, for people; it proves nothing. */
  readonly ruleName: string | null;
  readonly accountId: string | null;
  readonly region: string | null;
  /** Null where AWS Config did not ask, and so is told nothing. */
  readonly resultToken: string | null;
  /** The token is the one testers send, so AWS Config is asked to validate and to store nothing. */
  readonly testMode: boolean;
  /** The rule parameter `debug` is `"true"`. */
  readonly debug: boolean;
  /** When the detector wants it done. Null: now. */
  readonly notBefore: Date | null;
}

export interface EventProblem {
  readonly path: string;
  /** What was found, shortened. */
  readonly text: string;
  readonly expected: string;
}

export type ParsedEvent =
  { readonly ok: true; readonly value: RemediatorInvocation } | { readonly ok: false; readonly problems: readonly EventProblem[] };

export const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

/**
 * Returns what the event asks for, or why it cannot be read. Never throws.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
 */
export function parseEvent(event: unknown): ParsedEvent {
  if (!isFields(event)) return unreadable('event', event, 'an object');
  if (isRestorationRequest(event)) return readRequest(event);
  const resultToken = textOf(event.resultToken);
  const invoking = parseJson(event.invokingEvent);
  const problems: EventProblem[] = [];
  if (resultToken === null) problems.push(problem('resultToken', event.resultToken, 'the token to report with'));
  if (!isFields(invoking)) problems.push(problem('invokingEvent', event.invokingEvent, 'the text of a JSON object'));
  if (resultToken === null || !isFields(invoking)) return { ok: false, problems };

  const leftScope = event.eventLeftScope === true;
  const read = readTrigger(invoking, leftScope);
  if (!read.ok) return read;
  return {
    ok: true,
    value: {
      ...read.value,
      source: 'config',
      ruleName: textOf(event.configRuleName),
      accountId: read.value.accountId ?? textOf(event.accountId),
      resultToken,
      // The convention of AWS's own rule boilerplate, not a feature of AWS Config.
      testMode: resultToken === 'TESTMODE',
      debug: isDebug(event.ruleParameters),
      notBefore: null,
    },
  };
}

/** Every part that is wrong is named. That somebody else may have sent it does not matter: all it can lead to is a baseline kept. */
function readRequest({ portcullis, version, group, cause, notBefore }: Fields): ParsedEvent {
  const [named, told] = [isFields(group) ? group : {}, isFields(cause) ? cause : {}];
  const [groupId, eventId, eventTime] = [textOf(named.id), textOf(told.eventId), textOf(told.eventTime)];
  const time = timeOf(eventTime);
  const due = timeOf(textOf(notBefore));
  const problems = [
    ...(portcullis === 'restore' ? [] : [problem('portcullis', portcullis, '`restore`')]),
    ...(version === 1 ? [] : [problem('version', version, '1, the only one that is known')]),
    ...(groupId === null ? [problem('group.id', named.id, 'the id of a security group')] : []),
    ...(eventId === null ? [problem('cause.eventId', told.eventId, 'the id of the event')] : []),
    ...(time === null ? [problem('cause.eventTime', told.eventTime, 'an ISO 8601 time')] : []),
    ...(notBefore !== undefined && due === null ? [problem('notBefore', notBefore, 'an ISO 8601 time')] : []),
  ];
  if (problems.length > 0 || groupId === null || eventId === null || time === null) return { ok: false, problems };
  return {
    ok: true,
    value: {
      trigger: {
        kind: 'group',
        group: { id: groupId, name: textOf(named.name), vpcId: textOf(named.vpcId) },
        // The detector asks only when it has read a drift.
        saw: 'drift',
        time,
      },
      source: 'cloudtrail',
      eventId,
      messageType: textOf(told.eventName) ?? 'restore',
      ruleName: null,
      accountId: textOf(told.accountId),
      region: textOf(told.region),
      resultToken: null,
      testMode: false,
      debug: false,
      notBefore: due,
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;
type TriggerRead = Pick<RemediatorInvocation, 'trigger' | 'eventId' | 'messageType' | 'accountId' | 'region'>;
type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly EventProblem[] };

function readTrigger(invoking: Fields, leftScope: boolean): Read<TriggerRead> {
  const messageType = textOf(invoking.messageType) ?? '';
  switch (messageType) {
    case 'ConfigurationItemChangeNotification':
      return readItem(invoking, 'configurationItem', messageType, leftScope);
    case 'OversizedConfigurationItemChangeNotification':
      return readItem(invoking, 'configurationItemSummary', messageType, leftScope);
    case 'ScheduledNotification':
      return readSchedule(invoking, messageType);
    case 'ConfigurationSnapshotDeliveryCompleted':
      return {
        ok: true,
        value: {
          trigger: { kind: 'nothing', reason: 'a snapshot was delivered: no resource is named' },
          eventId: textOf(invoking.configSnapshotId) ?? messageType,
          messageType,
          accountId: null,
          region: null,
        },
      };
    default:
      return unreadable('invokingEvent.messageType', invoking.messageType, 'a message type of AWS Config');
  }
}

function readItem(invoking: Fields, key: string, messageType: string, leftScope: boolean): Read<TriggerRead> {
  const item = invoking[key];
  const path = `invokingEvent.${key}`;
  if (!isFields(item)) return unreadable(path, item, 'a configuration item');
  const resourceType = textOf(item.resourceType);
  const resourceId = textOf(item.resourceId);
  const status = textOf(item.configurationItemStatus);
  const captured = textOf(item.configurationItemCaptureTime);
  const time = timeOf(captured);
  const problems: EventProblem[] = [];
  if (resourceType === null) problems.push(problem(`${path}.resourceType`, item.resourceType, 'a resource type'));
  if (resourceId === null) problems.push(problem(`${path}.resourceId`, item.resourceId, 'a resource id'));
  if (status === null) problems.push(problem(`${path}.configurationItemStatus`, item.configurationItemStatus, 'a status'));
  if (time === null) problems.push(problem(`${path}.configurationItemCaptureTime`, captured, 'an ISO 8601 time'));
  if (resourceType === null || resourceId === null || status === null || time === null) return { ok: false, problems };

  const reason = notApplicable(resourceType, status, leftScope);
  // The item's content is looked at only here: for a deleted resource it may be null.
  const configuration = isFields(item.configuration) ? item.configuration : {};
  const trigger: Trigger =
    reason === undefined
      ? {
          kind: 'group',
          group: {
            id: resourceId,
            name: textOf(item.resourceName) ?? textOf(configuration.groupName),
            vpcId: textOf(configuration.vpcId),
          },
          saw: rulesIn(item),
          time,
        }
      : { kind: 'not-applicable', resourceType, resourceId, reason, time };
  const stateId = item.configurationStateId;
  return {
    ok: true,
    value: {
      trigger,
      eventId: typeof stateId === 'number' || typeof stateId === 'string' ? String(stateId) : time.toISOString(),
      messageType,
      accountId: textOf(item.awsAccountId),
      region: textOf(item.awsRegion),
    },
  };
}

/** Returns the rules of the item. An item without any that can be read is no problem: the live rules decide. */
function rulesIn(item: Fields): readonly Rule[] | null {
  const read = readConfigItem(item);
  return read.ok ? read.value.rules : null;
}

/** Returns why the resource is not to be evaluated, or `undefined` for a live security group in scope. */
function notApplicable(resourceType: string, status: string, leftScope: boolean): string | undefined {
  if (resourceType !== SECURITY_GROUP) return `a resource of type ${resourceType} is not a security group`;
  if (leftScope) return 'the group has left the scope of the rule';
  // Source: AWS Config API reference, ConfigurationItemStatus. Only these two denote a live recorded resource.
  return status === 'OK' || status === 'ResourceDiscovered' ? undefined : `the group is not there to be evaluated: ${status}`;
}

function readSchedule(invoking: Fields, messageType: string): Read<TriggerRead> {
  const created = textOf(invoking.notificationCreationTime);
  const time = timeOf(created);
  if (time === null) return unreadable('invokingEvent.notificationCreationTime', created, 'an ISO 8601 time');
  return {
    ok: true,
    value: {
      trigger: { kind: 'schedule', time },
      eventId: time.toISOString(),
      messageType,
      accountId: textOf(invoking.awsAccountId),
      region: null,
    },
  };
}

/** Parameters are absent, empty, or JSON text. What cannot be read is not worth an outage of the guard: it only means no debugging. */
function isDebug(ruleParameters: unknown): boolean {
  const parameters = parseJson(ruleParameters);
  return isFields(parameters) && parameters.debug === 'true';
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The caller reports the text as unreadable, with its path.
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function timeOf(text: string | null): Date | null {
  const time = new Date(text ?? NaN);
  return Number.isNaN(time.getTime()) ? null : time;
}

function problem(path: string, value: unknown, expected: string): EventProblem {
  const text =
    value === undefined
      ? 'absent'
      : typeof value === 'string'
        ? `text of ${value.length} characters`
        : value === null
          ? 'null'
          : typeof value;
  return { path, text, expected };
}

function unreadable(path: string, value: unknown, expected: string): { ok: false; problems: readonly EventProblem[] } {
  return { ok: false, problems: [problem(path, value, expected)] };
}
