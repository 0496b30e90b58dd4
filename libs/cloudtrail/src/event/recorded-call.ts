/** Reads the parts that the records of all services share: the envelope, and the call with its caller, time, region and outcome. */
import { readActor, type Actor } from './actor.js';
import { recordField, isRecordedObject, isFieldRecorded, recordProblem, recordedText, type Located } from './located.js';
import type { RecordProblem } from './problem.js';

/**
 * Whether the call took effect. A refused call and a dry run changed nothing. `unknown` means that AWS failed during the call, so the call
 * may have taken effect.
 */
export type CallOutcome = 'succeeded' | 'refused' | 'dry-run' | 'unknown';

/** One API call, as its CloudTrail record describes it. */
export interface RecordedCall {
  /** The same in every delivery of the record. */
  readonly eventId: string;
  /** The same in the records of one call in several accounts. */
  readonly sharedEventId: string | null;
  readonly eventName: string;
  /** When the call was completed: ISO 8601, UTC. */
  readonly eventTime: string;
  readonly eventVersion: string;
  /** The account that received the record: the account that the call acted in. */
  readonly accountId: string;
  readonly region: string;
  readonly actor: Actor;
  /** As recorded, e.g. `Client.UnauthorizedOperation`. Null if the call succeeded. */
  readonly errorCode: string | null;
  readonly outcome: CallOutcome;
}

/** The record of a call that could not be read. */
export interface UnreadableRecord {
  readonly ok: false;
  readonly problems: readonly RecordProblem[];
  /** Null if it could not be read. */
  readonly eventId: string | null;
  /** Null if it could not be read. */
  readonly eventName: string | null;
}

const DETAIL_TYPE = 'AWS API Call via CloudTrail';

/** Reports whether the call certainly changed nothing. */
export function callChangedNothing(outcome: CallOutcome): boolean {
  return outcome === 'refused' || outcome === 'dry-run';
}

/** Returns the source of an event from EventBridge or of a bare record, such as `ec2.amazonaws.com`. */
export function recordEventSource(event: unknown): string | null {
  return recordedText(recordField(unwrapEventRecord({ value: event, path: '' }, []), 'eventSource'));
}

/** Reads the call of an event from EventBridge or of a bare record, if the call is to one of these services. Never throws. */
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
    eventId: recordedText(recordField(record, 'eventID')),
    eventName: recordedText(recordField(record, 'eventName')),
  };
}

/** Takes the record out of its envelope, if it has one. */
function unwrapEventRecord(event: Located, problems: RecordProblem[]): Located {
  if (!isRecordedObject(event)) {
    problems.push(recordProblem('wrong-type', { ...event, path: 'event' }, 'an event from EventBridge, or a record of CloudTrail'));
    return event;
  }
  const detailType = recordField(event, 'detail-type');
  const detail = recordField(event, 'detail');
  if (!isFieldRecorded(detailType) && !isFieldRecorded(detail)) return event;
  if (detailType.value !== DETAIL_TYPE) problems.push(recordProblem('wrong-detail-type', detailType, `\`${DETAIL_TYPE}\``));
  if (!isRecordedObject(detail)) problems.push(recordProblem('wrong-type', detail, 'a record of CloudTrail'));
  return detail;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

function readCallHeader(record: Located, envelope: Located, eventSources: readonly string[], problems: RecordProblem[]): RecordedCall {
  function required(expected: string, field: Located): string {
    const text = recordedText(field);
    if (text === null) problems.push(recordProblem(isFieldRecorded(field) ? 'wrong-type' : 'missing', field, expected));
    return text ?? '';
  }
  const eventSource = recordField(record, 'eventSource');
  if (!eventSources.includes(recordedText(eventSource) ?? '')) {
    problems.push(recordProblem('wrong-event-source', eventSource, eventSources.map((each) => `\`${each}\``).join(' or ')));
  }
  const eventTime = recordField(record, 'eventTime');
  if (isFieldRecorded(eventTime) && !ISO_TIME.test(recordedText(eventTime) ?? '')) {
    problems.push(recordProblem('not-a-time', eventTime, 'a time such as `2024-01-31T12:00:00Z`'));
  }
  const errorCode = recordedText(recordField(record, 'errorCode'));
  return {
    eventId: required('the id of the event', recordField(record, 'eventID')),
    eventName: required('the name of the call', recordField(record, 'eventName')),
    eventTime: isFieldRecorded(eventTime) ? (recordedText(eventTime) ?? '') : required('the time of the call', eventTime),
    eventVersion: required('the version of the record, `1.x`', recordField(record, 'eventVersion')),
    accountId: required(
      'the account of the call',
      firstRecordedField(recordField(record, 'recipientAccountId'), recordField(envelope, 'account')),
    ),
    region: required('the region of the call', firstRecordedField(recordField(record, 'awsRegion'), recordField(envelope, 'region'))),
    sharedEventId: recordedText(recordField(record, 'sharedEventID')),
    actor: readActor(record),
    errorCode,
    outcome: recordedCallOutcome(errorCode),
  };
}

/**
 * EC2's server errors, which have an HTTP status of 500 or above. CloudTrail adds a prefix to some of them. Other services use the same
 * names.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html
 */
const SERVER_ERROR = /^(Server\.|InternalError$|InternalFailure$|ServiceUnavailable$|Unavailable$)/;

/**
 * Any error code means failure. CloudTrail adds a prefix to EC2's error codes (`Client.`, `Server.`), but not to the codes of other
 * services.
 */
function recordedCallOutcome(errorCode: string | null): CallOutcome {
  if (errorCode === null) return 'succeeded';
  if (SERVER_ERROR.test(errorCode)) return 'unknown';
  return errorCode === 'Client.DryRunOperation' || errorCode === 'DryRunOperation' ? 'dry-run' : 'refused';
}

function firstRecordedField(first: Located, second: Located): Located {
  return isFieldRecorded(first) || !isFieldRecorded(second) ? first : second;
}
