/** What the records of all services have in common: the envelope, who, what, when and where. */
import { offendingText } from '@portcullis/permission-diff';
import { at, holdsObject, isPresent, textOf, type Located } from './located.js';
import type { Outcome } from './call-record.js';
import type { RecordProblem, RecordProblemCode } from './problem.js';

const DETAIL_TYPE = 'AWS API Call via CloudTrail';

/** Returns the record out of its envelope, if it has one. */
export function recordIn(event: Located, problems: RecordProblem[]): Located {
  if (!holdsObject(event)) {
    const expected = 'an event from EventBridge, or a record of CloudTrail';
    problems.push(problem('wrong-type', { ...event, path: 'event' }, expected));
    return event;
  }
  const detailType = at(event, 'detail-type');
  const detail = at(event, 'detail');
  if (!isPresent(detailType) && !isPresent(detail)) return event;
  if (detailType.value !== DETAIL_TYPE) problems.push(problem('wrong-detail-type', detailType, `\`${DETAIL_TYPE}\``));
  if (!holdsObject(detail)) problems.push(problem('wrong-type', detail, 'a record of CloudTrail'));
  return detail;
}

export interface Header {
  readonly eventId: string;
  readonly eventName: string;
  readonly eventTime: string;
  readonly eventVersion: string;
  readonly accountId: string;
  readonly region: string;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

/** Reads the header of a record of one of these services. What is reported as a problem is not in it. */
export function readHeader(record: Located, envelope: Located, eventSources: readonly string[], problems: RecordProblem[]): Header {
  const required = (expected: string, field: Located): string => {
    const text = textOf(field);
    if (text === null) problems.push(problem(isPresent(field) ? 'wrong-type' : 'missing', field, expected));
    return text ?? '';
  };
  const eventSource = at(record, 'eventSource');
  if (!eventSources.includes(textOf(eventSource) ?? '')) {
    const expected = eventSources.map((each) => `\`${each}\``).join(' or ');
    problems.push(problem('wrong-event-source', eventSource, expected));
  }
  const eventTime = at(record, 'eventTime');
  if (isPresent(eventTime) && !ISO_TIME.test(textOf(eventTime) ?? '')) {
    problems.push(problem('not-a-time', eventTime, 'a time such as `2024-01-31T12:00:00Z`'));
  }
  return {
    eventId: required('the id of the event', at(record, 'eventID')),
    eventName: required('the name of the call', at(record, 'eventName')),
    eventTime: isPresent(eventTime) ? (textOf(eventTime) ?? '') : required('the time of the call', eventTime),
    eventVersion: required('the version of the record, `1.x`', at(record, 'eventVersion')),
    accountId: required('the account of the call', eitherOf(at(record, 'recipientAccountId'), at(envelope, 'account'))),
    region: required('the region of the call', eitherOf(at(record, 'awsRegion'), at(envelope, 'region'))),
  };
}

/**
 * EC2's server errors, which come with a status of the 500 series, without the prefix that CloudTrail gives them. The names are those of
 * other services, too.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html
 */
const SERVER_ERROR = /^(Server\.|InternalError$|InternalFailure$|ServiceUnavailable$|Unavailable$)/;

/** EC2's codes are prefixed in CloudTrail (`Client.`, `Server.`), those of other services are not: any code at all is a failure. */
export function outcomeOf(errorCode: string | null): Outcome {
  if (errorCode === null) return 'succeeded';
  if (SERVER_ERROR.test(errorCode)) return 'unknown';
  return errorCode === 'Client.DryRunOperation' || errorCode === 'DryRunOperation' ? 'dry-run' : 'refused';
}

function eitherOf(first: Located, second: Located): Located {
  return isPresent(first) || !isPresent(second) ? first : second;
}

export function problem(code: RecordProblemCode, { path, value }: Located, expected: string): RecordProblem {
  return { code, path, text: offendingText(value), expected };
}
