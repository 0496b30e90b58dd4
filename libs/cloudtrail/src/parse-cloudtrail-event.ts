import { at, readText, textOf, type Located } from './located.js';
import { readActor } from './actor.js';
import type { ParsedCloudTrailEvent } from './api-call.js';
import { callRecordOf } from './call-record.js';
import { withoutRepetitions, type RecordProblem } from './problem.js';
import { readChange } from './read-change.js';
import { outcomeOf, problem, readHeader, recordIn } from './record-header.js';
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
  const header = problems.length === 0 ? readHeader(record, whole, ['ec2.amazonaws.com'], problems) : undefined;
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

/** AWS raises the major version when fields change their meaning, and the minor one when there are more of them. */
function checkVersion(version: Located, problems: RecordProblem[]): void {
  if (!/^1\.\d+$/.test(textOf(version) ?? '')) {
    problems.push(problem('unknown-version', version, 'version `1.x`, the only one that is known: the rest was read as such'));
  }
}
