/**
 * Parses the event of AWS Config, or the request of the detector, an approving person or EventBridge Scheduler. Any field of the event may
 * be missing.
 */
import { isObject, readConfigItemRules, type Rule } from '@portcullis/permission-diff';
import { APPROVALS, type Approval } from '../runtime/restoration-request.js';

/** What the event asks the function to evaluate. AWS Config orders evaluations by `time`. */
export type Trigger =
  /** AWS Config recorded a live security group, or a request names a group to restore. */
  | { readonly kind: 'group'; readonly group: RecordedGroup; readonly saw: Saw; readonly time: Date }
  /** The resource is not a live security group in the scope of the AWS Config rule. */
  | {
      readonly kind: 'not-applicable';
      readonly resourceType: string;
      readonly resourceId: string;
      readonly reason: string;
      readonly time: Date;
    }
  /** Evaluate every group that a baseline or a limit selects. */
  | { readonly kind: 'schedule'; readonly time: Date }
  /** Evaluate nothing. */
  | { readonly kind: 'nothing'; readonly reason: string };

/**
 * What the sender of the event saw: the group's rules in the configuration item, or `null` if these rules are unreadable. For a request,
 * `drift` if the sender saw a drift. The event may be minutes old, so the value only decides whether to read the live rules a second time.
 * The live rules decide which changes are made.
 */
export type Saw = readonly Rule[] | 'drift' | null;

/** The group and its properties in the event, which may be out of date. */
export interface RecordedGroup {
  readonly id: string;
  readonly name: string | null;
  readonly vpcId: string | null;
  /** Absent if the event does not contain the tags. */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface RemediatorInvocation {
  readonly trigger: Trigger;
  readonly source: 'config' | 'cloudtrail';
  /** The id is the same in every delivery of the event. */
  readonly eventId: string;
  /** AWS Config's message type, or the name of the API call that caused the detector's request. */
  readonly messageType: string;
  /** For people only, because the rule's name does not prove who sent the event. */
  readonly ruleName: string | null;
  readonly accountId: string | null;
  readonly region: string | null;
  /** `null` if AWS Config did not send the event, so that the function cannot report compliance. */
  readonly resultToken: string | null;
  /** Whether AWS Config only validates the evaluations, without storing them. */
  readonly testMode: boolean;
  /** Whether the rule parameter `debug` is `"true"`. */
  readonly debug: boolean;
  /** The earliest time to restore the group. If `null`, the function restores the group at once. */
  readonly notBefore: Date | null;
  /** Why a group in mode `approve` is restored now. If `null`, the group waits for an approval first. */
  readonly approval: Approval | null;
}

export interface EventProblem {
  readonly path: string;
  /** The type of the value in the event. The log must not contain the value, because the value may be a token. */
  readonly text: string;
  readonly expected: string;
}

export type ParsedEvent =
  { readonly ok: true; readonly value: RemediatorInvocation } | { readonly ok: false; readonly problems: readonly EventProblem[] };

export const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

/**
 * Returns the parsed event, or every problem of the event. Never throws.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
 */
export function parseRemediatorEvent(event: unknown): ParsedEvent {
  const reader = new EventReader();
  const value = isRestorationRequest(event) ? reader.readRequest(event) : reader.readConfigEvent(event);
  return value !== null && reader.problems.length === 0 ? { ok: true, value } : { ok: false, problems: reader.problems };
}

type Fields = Readonly<Record<string, unknown>>;

/** Reports whether an event is a `RestorationRequest`. Checks only the key `portcullis`. */
function isRestorationRequest(event: unknown): event is { readonly portcullis: unknown } {
  return typeof event === 'object' && event !== null && 'portcullis' in event;
}

/**
 * Continues after a problem, so that the finding names every problem of the event. The methods return meaningful values only if there was
 * no problem.
 */
class EventReader {
  readonly problems: EventProblem[] = [];

  readConfigEvent(event: unknown): RemediatorInvocation | null {
    if (!isObject(event)) return this.refuse('event', event, 'an object');
    const resultToken = this.text(event.resultToken, 'resultToken', 'the result token of AWS Config');
    const invoking = remediatorEventJson(event.invokingEvent);
    if (!isObject(invoking)) return this.refuse('invokingEvent', event.invokingEvent, 'JSON text of an object');
    if (resultToken === '') return null;
    const read = this.readMessage(invoking, event.eventLeftScope === true);
    const parameters = remediatorEventJson(event.ruleParameters);
    return (
      read && {
        ...read,
        source: 'config',
        ruleName: remediatorEventText(event.configRuleName),
        accountId: read.accountId ?? remediatorEventText(event.accountId),
        resultToken,
        // `TESTMODE` is a convention of AWS's rule boilerplate, not a feature of AWS Config.
        testMode: resultToken === 'TESTMODE',
        // Unreadable parameters must not stop the restoration.
        debug: isObject(parameters) && parameters.debug === 'true',
        notBefore: null,
        approval: null,
      }
    );
  }

  /**
   * Anybody who is allowed to invoke the function can send a request, but the request can only restore a group to its baseline and limits.
   */
  readRequest({ portcullis, version, group, cause, notBefore, approval: given }: Fields): RemediatorInvocation {
    const [named, causing] = [isObject(group) ? group : {}, isObject(cause) ? cause : {}];
    if (portcullis !== 'restore') this.refuse('portcullis', portcullis, '`restore`');
    if (version !== 1) this.refuse('version', version, '1, the only known version');
    const id = this.text(named.id, 'group.id', 'the id of a security group');
    const eventId = this.text(causing.eventId, 'cause.eventId', 'the id of the event');
    const time = this.time(causing.eventTime, 'cause.eventTime');
    const approval = APPROVALS.find((each) => each === given) ?? null;
    if (given !== undefined && approval === null) this.refuse('approval', given, '`given` or `over`');
    return {
      // The detector sends a request only after a read that showed a drift.
      trigger: {
        kind: 'group',
        group: { id, name: remediatorEventText(named.name), vpcId: remediatorEventText(named.vpcId), ...tagsInConfigItem(named) },
        saw: 'drift',
        time,
      },
      // Usually, an event of AWS Config starts the wait for an approval. The detector's request starts the wait only if the group also
      // broke an enforced limit.
      source: approval === null ? 'cloudtrail' : 'config',
      eventId,
      messageType: remediatorEventText(causing.eventName) ?? 'restore',
      ruleName: null,
      accountId: remediatorEventText(causing.accountId),
      region: remediatorEventText(causing.region),
      resultToken: null,
      testMode: false,
      debug: false,
      notBefore: notBefore === undefined ? null : this.time(notBefore, 'notBefore'),
      approval,
    };
  }

  private readMessage(invoking: Fields, leftScope: boolean): Message | null {
    const messageType = remediatorEventText(invoking.messageType) ?? '';
    switch (messageType) {
      case 'ConfigurationItemChangeNotification':
        return this.readItem(invoking, 'configurationItem', messageType, leftScope);
      case 'OversizedConfigurationItemChangeNotification':
        return this.readItem(invoking, 'configurationItemSummary', messageType, leftScope);
      case 'ScheduledNotification': {
        const time = this.time(invoking.notificationCreationTime, 'invokingEvent.notificationCreationTime');
        const eventId = Number.isNaN(time.getTime()) ? '' : time.toISOString();
        return {
          trigger: { kind: 'schedule', time },
          eventId,
          messageType,
          accountId: remediatorEventText(invoking.awsAccountId),
          region: null,
        };
      }
      case 'ConfigurationSnapshotDeliveryCompleted': {
        const trigger = { kind: 'nothing', reason: 'AWS Config delivered a snapshot, which requests no evaluation' } as const;
        return {
          trigger,
          eventId: remediatorEventText(invoking.configSnapshotId) ?? messageType,
          messageType,
          accountId: null,
          region: null,
        };
      }
      default:
        return this.refuse('invokingEvent.messageType', invoking.messageType, 'a message type of AWS Config');
    }
  }

  private readItem(invoking: Fields, key: string, messageType: string, leftScope: boolean): Message | null {
    const item = invoking[key];
    const path = `invokingEvent.${key}`;
    if (!isObject(item)) return this.refuse(path, item, 'a configuration item');
    const resourceType = this.text(item.resourceType, `${path}.resourceType`, 'a resource type');
    const resourceId = this.text(item.resourceId, `${path}.resourceId`, 'a resource id');
    const status = this.text(item.configurationItemStatus, `${path}.configurationItemStatus`, 'a status');
    const time = this.time(item.configurationItemCaptureTime, `${path}.configurationItemCaptureTime`);
    if (this.problems.length > 0) return null;
    const stateId = item.configurationStateId;
    return {
      trigger: triggerInConfigItem(item, {
        resourceType,
        resourceId,
        time,
        reason: whyItemIsNotEvaluated(resourceType, status, leftScope),
      }),
      eventId: typeof stateId === 'number' || typeof stateId === 'string' ? String(stateId) : time.toISOString(),
      messageType,
      accountId: remediatorEventText(item.awsAccountId),
      region: remediatorEventText(item.awsRegion),
    };
  }

  private text(value: unknown, path: string, expected: string): string {
    const text = remediatorEventText(value);
    if (text === null) this.refuse(path, value, expected);
    return text ?? '';
  }

  private time(value: unknown, path: string): Date {
    const time = new Date(remediatorEventText(value) ?? NaN);
    if (Number.isNaN(time.getTime())) this.refuse(path, value, 'an ISO 8601 time');
    return time;
  }

  private refuse(path: string, value: unknown, expected: string): null {
    const type = value === null ? 'null' : typeof value;
    const text = value === undefined ? 'absent' : typeof value === 'string' ? `text of ${value.length} characters` : type;
    this.problems.push({ path, text, expected });
    return null;
  }
}

type Message = Pick<RemediatorInvocation, 'trigger' | 'eventId' | 'messageType' | 'accountId' | 'region'>;

function triggerInConfigItem(
  item: Fields,
  { reason, ...resource }: { resourceType: string; resourceId: string; time: Date; reason: string | undefined },
): Trigger {
  if (reason !== undefined) return { kind: 'not-applicable', ...resource, reason };
  const configuration = isObject(item.configuration) ? item.configuration : {};
  const name = remediatorEventText(item.resourceName) ?? remediatorEventText(configuration.groupName);
  const rules = readConfigItemRules(item);
  return {
    kind: 'group',
    group: { id: resource.resourceId, name, vpcId: remediatorEventText(configuration.vpcId), ...tagsInConfigItem(item) },
    saw: rules.ok ? rules.value.rules : null,
    time: resource.time,
  };
}

/** Returns the tags in a configuration item or a request, keyed by tag key. */
function tagsInConfigItem({ tags }: Fields): Pick<RecordedGroup, 'tags'> {
  if (!isObject(tags)) return {};
  const texts = Object.entries(tags).filter((tag): tag is [string, string] => typeof tag[1] === 'string');
  return { tags: Object.fromEntries(texts) };
}

/** Returns why the resource is not evaluated, or `undefined` for a live security group in the scope of the rule. */
function whyItemIsNotEvaluated(resourceType: string, status: string, leftScope: boolean): string | undefined {
  if (resourceType !== SECURITY_GROUP) return `a resource of type ${resourceType} is not a security group`;
  if (leftScope) return 'the group is no longer in the scope of the AWS Config rule';
  // Only these two statuses denote a live resource that AWS Config records. Source:
  // https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html configurationItemStatus
  return status === 'OK' || status === 'ResourceDiscovered'
    ? undefined
    : `the group was deleted, or AWS Config does not record the group: ${status}`;
}

/** Returns the parsed JSON, or `undefined` if the value is not JSON text. */
function remediatorEventJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

function remediatorEventText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
