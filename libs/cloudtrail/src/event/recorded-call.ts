/** Reads the values that the records of all services have: the envelope, and the name, caller, time, region and outcome of the call. */
import { readActor, type Actor } from './actor.js';
import {
  cloudTrailField,
  isCloudTrailObject,
  isCloudTrailFieldPresent,
  cloudTrailProblem,
  cloudTrailText,
  type Located,
} from './located.js';
import type { RecordProblem } from './problem.js';

/**
 * Whether the call took effect. A refused call and a dry run changed nothing. `unknown` means that AWS failed during the call, so the call
 * may have taken effect.
 */
export type CallOutcome = 'succeeded' | 'refused' | 'dry-run' | 'unknown';

/** One API call, as its CloudTrail record describes it. */
export interface RecordedCall {
  /** Every delivery of the record has the same id. */
  readonly eventId: string;
  /** The same id in the records of all accounts, if several accounts get a record of the call. Otherwise null. */
  readonly sharedEventId: string | null;
  readonly eventName: string;
  /** The time when the call ended: ISO 8601, UTC. */
  readonly eventTime: string;
  readonly eventVersion: string;
  /** The account that owns the resources of the call. CloudTrail names this account `recipientAccountId`. */
  readonly accountId: string;
  readonly region: string;
  readonly actor: Actor;
  /** As recorded, e.g. `Client.UnauthorizedOperation`. Null if the call succeeded. */
  readonly errorCode: string | null;
  readonly outcome: CallOutcome;
}

/** The result for a record from which `eventName`, `eventTime` or another required value could not be read. */
export interface UnreadableRecord {
  readonly ok: false;
  readonly problems: readonly RecordProblem[];
  /** Null if the event id is unreadable. */
  readonly eventId: string | null;
  /** Null if the name of the call is unreadable. */
  readonly eventName: string | null;
}

const DETAIL_TYPE = 'AWS API Call via CloudTrail';

/** Returns true only if the call certainly changed nothing. */
export function callChangedNothing(outcome: CallOutcome): boolean {
  return outcome === 'refused' || outcome === 'dry-run';
}

/** Returns the event source of a record, such as `ec2.amazonaws.com`. Accepts a record, or an EventBridge event that contains a record. */
export function cloudTrailEventSource(event: unknown): string | null {
  return cloudTrailText(cloudTrailField(unwrapEventRecord({ value: event, path: '' }, []), 'eventSource'));
}

/**
 * Reads a record, or an EventBridge event that contains a record. Returns problems if the call is to a service that is not in
 * `eventSources`. Never throws.
 */
export function readRecordedCall(
  event: unknown,
  eventSources: readonly string[],
): { readonly ok: true; readonly record: Located; readonly call: RecordedCall } | UnreadableRecord {
  const problems: RecordProblem[] = [];
  const envelope: Located = { value: event, path: '' };
  const record = unwrapEventRecord(envelope, problems);
  const call = problems.length === 0 ? readCallHeader(record, envelope, eventSources, problems) : undefined;
  if (call !== undefined && problems.length === 0) return { ok: true, record, call };
  return {
    ok: false,
    problems,
    eventId: cloudTrailText(cloudTrailField(record, 'eventID')),
    eventName: cloudTrailText(cloudTrailField(record, 'eventName')),
  };
}

/** Returns the record that an EventBridge event contains. Returns a bare record unchanged. */
function unwrapEventRecord(event: Located, problems: RecordProblem[]): Located {
  if (!isCloudTrailObject(event)) {
    problems.push(cloudTrailProblem('wrong-type', { ...event, path: 'event' }, 'an event from EventBridge, or a CloudTrail record'));
    return event;
  }
  const detailType = cloudTrailField(event, 'detail-type');
  const detail = cloudTrailField(event, 'detail');
  if (!isCloudTrailFieldPresent(detailType) && !isCloudTrailFieldPresent(detail)) return event;
  if (detailType.value !== DETAIL_TYPE) problems.push(cloudTrailProblem('wrong-detail-type', detailType, `\`${DETAIL_TYPE}\``));
  if (!isCloudTrailObject(detail)) problems.push(cloudTrailProblem('wrong-type', detail, 'a CloudTrail record'));
  return detail;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

function readCallHeader(record: Located, envelope: Located, eventSources: readonly string[], problems: RecordProblem[]): RecordedCall {
  function required(expected: string, field: Located): string {
    const text = cloudTrailText(field);
    if (text === null) problems.push(cloudTrailProblem(isCloudTrailFieldPresent(field) ? 'wrong-type' : 'missing', field, expected));
    return text ?? '';
  }
  const eventSource = cloudTrailField(record, 'eventSource');
  if (!eventSources.includes(cloudTrailText(eventSource) ?? '')) {
    problems.push(cloudTrailProblem('wrong-event-source', eventSource, eventSources.map((each) => `\`${each}\``).join(' or ')));
  }
  const eventTime = cloudTrailField(record, 'eventTime');
  if (isCloudTrailFieldPresent(eventTime) && !ISO_TIME.test(cloudTrailText(eventTime) ?? '')) {
    problems.push(cloudTrailProblem('not-a-time', eventTime, 'a time such as `2024-01-31T12:00:00Z`'));
  }
  const errorCode = cloudTrailText(cloudTrailField(record, 'errorCode'));
  return {
    eventId: required('the id of the event', cloudTrailField(record, 'eventID')),
    eventName: required('the name of the call', cloudTrailField(record, 'eventName')),
    eventTime: isCloudTrailFieldPresent(eventTime) ? (cloudTrailText(eventTime) ?? '') : required('the time of the call', eventTime),
    eventVersion: required('the version of the record, `1.x`', cloudTrailField(record, 'eventVersion')),
    accountId: required(
      'the account of the call',
      firstCloudTrailField(cloudTrailField(record, 'recipientAccountId'), cloudTrailField(envelope, 'account')),
    ),
    region: required(
      'the region of the call',
      firstCloudTrailField(cloudTrailField(record, 'awsRegion'), cloudTrailField(envelope, 'region')),
    ),
    sharedEventId: cloudTrailText(cloudTrailField(record, 'sharedEventID')),
    actor: readActor(record),
    errorCode,
    outcome: cloudTrailCallOutcome(errorCode),
  };
}

/**
 * The error codes of EC2's server errors, whose HTTP status is 500 or above. CloudTrail adds the prefix `Server.` to some codes. Other
 * services use the same codes without the prefix.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html
 */
const SERVER_ERROR = /^(Server\.|InternalError$|InternalFailure$|ServiceUnavailable$|Unavailable$)/;

/**
 * CloudTrail adds the prefix `Client.` or `Server.` to the error codes of EC2, but not to the error codes of other services.
 */
function cloudTrailCallOutcome(errorCode: string | null): CallOutcome {
  if (errorCode === null) return 'succeeded';
  if (SERVER_ERROR.test(errorCode)) return 'unknown';
  return errorCode === 'Client.DryRunOperation' || errorCode === 'DryRunOperation' ? 'dry-run' : 'refused';
}

function firstCloudTrailField(first: Located, second: Located): Located {
  return isCloudTrailFieldPresent(first) || !isCloudTrailFieldPresent(second) ? first : second;
}
