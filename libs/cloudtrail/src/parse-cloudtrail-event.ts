import {
  at,
  isObject,
  isPresent,
  readText,
  textOf,
  offendingText,
  type Located,
} from '@portcullis/permission-diff/cloudtrail';
import { readActor } from './actor.js';
import type { ParsedCloudTrailEvent } from './api-call.js';
import { callRecordOf, type Outcome } from './call-record.js';
import { withoutRepetitions, type RecordProblem, type RecordProblemCode } from './problem.js';
import { readChange } from './read-change.js';
import { readTarget } from './target.js';

/**
 * Reads the record of one EC2 call: the event that EventBridge delivers (`"detail-type": "AWS API Call via CloudTrail"`), or the bare
 * record as it stands in a trail. Never throws, whatever JSON it is given.
 *
 * It fails, with every problem found, only where the call cannot be identified: by its event id, name, time, account, region and
 * format version, all of them of EC2. Of an identified call that cannot be read completely, `unreadable` says what is missing.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function parseCloudTrailEvent(event: unknown): ParsedCloudTrailEvent {
  const problems: RecordProblem[] = [];
  const whole: Located = { value: event, path: '' };
  const record = recordIn(whole, problems);
  const eventId = textOf(at(record, 'eventID'));
  const eventName = textOf(at(record, 'eventName'));
  const header = problems.length === 0 ? readHeader(record, whole, problems) : undefined;
  if (header === undefined || problems.length > 0) return { ok: false, problems, eventId, eventName };

  const errorCode = readText(at(record, 'errorCode'), problems);
  const call = callRecordOf(record, header.eventName, outcomeOf(errorCode));
  checkVersion(at(record, 'eventVersion'), problems);
  const change = readChange(call, problems);
  const target = readTarget(call, change.kind, problems);
  return {
    ok: true,
    value: {
      ...header,
      sharedEventId: textOf(at(record, 'sharedEventID')),
      actor: readActor(record),
      errorCode,
      errorMessage: errorCode === null ? null : textOf(at(record, 'errorMessage')),
      outcome: call.outcome,
      target,
      change,
      unreadable: withoutRepetitions(problems),
    },
  };
}

const DETAIL_TYPE = 'AWS API Call via CloudTrail';
const EVENT_SOURCE = 'ec2.amazonaws.com';

/** Returns the record out of its envelope, if it has one. */
function recordIn(event: Located, problems: RecordProblem[]): Located {
  if (!isObject(event)) {
    const expected = 'an event from EventBridge, or a record of CloudTrail';
    problems.push(problem('wrong-type', { ...event, path: 'event' }, expected));
    return event;
  }
  const detailType = at(event, 'detail-type');
  const detail = at(event, 'detail');
  if (!isPresent(detailType) && !isPresent(detail)) return event;
  if (detailType.value !== DETAIL_TYPE) problems.push(problem('wrong-detail-type', detailType, `\`${DETAIL_TYPE}\``));
  if (!isObject(detail)) problems.push(problem('wrong-type', detail, 'a record of CloudTrail'));
  return detail;
}

interface Header {
  readonly eventId: string;
  readonly eventName: string;
  readonly eventTime: string;
  readonly eventVersion: string;
  readonly accountId: string;
  readonly region: string;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

function readHeader(record: Located, envelope: Located, problems: RecordProblem[]): Header {
  const required = (expected: string, field: Located): string => {
    const text = textOf(field);
    if (text === null) problems.push(problem(isPresent(field) ? 'wrong-type' : 'missing', field, expected));
    return text ?? '';
  };
  const eventSource = at(record, 'eventSource');
  if (eventSource.value !== EVENT_SOURCE)
    problems.push(problem('wrong-event-source', eventSource, `\`${EVENT_SOURCE}\``));
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

/** AWS raises the major version when fields change their meaning, and the minor one when there are more of them. */
function checkVersion(version: Located, problems: RecordProblem[]): void {
  if (!/^1\.\d+$/.test(textOf(version) ?? '')) {
    problems.push(
      problem('unknown-version', version, 'version `1.x`, the only one that is known: the rest was read as such'),
    );
  }
}

/** EC2's codes are prefixed in CloudTrail (`Client.`, `Server.`), those of other services are not: any code at all is a failure. */
function outcomeOf(errorCode: string | null): Outcome {
  if (errorCode === null) return 'succeeded';
  return errorCode === 'Client.DryRunOperation' || errorCode === 'DryRunOperation' ? 'dry-run' : 'refused';
}

function eitherOf(first: Located, second: Located): Located {
  return isPresent(first) || !isPresent(second) ? first : second;
}

function problem(code: RecordProblemCode, { path, value }: Located, expected: string): RecordProblem {
  return { code, path, text: offendingText(value), expected };
}
