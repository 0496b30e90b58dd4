import type { Change } from './change.js';
import { readRecordedChange } from './read-change.js';
import { recordField, recordProblem, readRecordedText, recordedText } from './located.js';
import type { RecordProblem } from './problem.js';
import { readRecordedCall, type RecordedCall, type UnreadableRecord } from './recorded-call.js';
import { callParameters } from './call-parameters.js';
import { readCallTarget, type Target } from './target.js';

/** One call to EC2. */
export interface ApiCall extends RecordedCall {
  /** Null if the call succeeded. */
  readonly errorMessage: string | null;
  readonly target: Target;
  /** The change that the call made if `outcome` is `succeeded`, and otherwise the change that the call requested. */
  readonly change: Change;
  /** The values that could not be read. If not empty, `target` and `change` may be incomplete, and the effect of the call is unknown. */
  readonly unreadable: readonly RecordProblem[];
}

export type ParsedCloudTrailEvent = { readonly ok: true; readonly value: ApiCall } | UnreadableRecord;

/**
 * Reads the record of a call to EC2: an event from EventBridge (`"detail-type": "AWS API Call via CloudTrail"`), or the bare record from a
 * trail. Never throws.
 *
 * It fails only if the call is to another service, or if its id, name, time, account, region or version cannot be read. It then returns
 * every problem. Any other unreadable value is listed in `unreadable`.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function parseCloudTrailEvent(event: unknown): ParsedCloudTrailEvent {
  const read = readRecordedCall(event, ['ec2.amazonaws.com']);
  if (!read.ok) return read;
  const { record, call } = read;
  const problems: RecordProblem[] = [];
  readRecordedText(recordField(record, 'errorCode'), problems);
  // AWS raises the major version when fields change their meaning, and the minor version when it adds fields.
  if (!/^1\.\d+$/.test(call.eventVersion)) {
    problems.push(
      recordProblem('unknown-version', recordField(record, 'eventVersion'), 'version `1.x`: the rest was read as that version'),
    );
  }
  const parameters = callParameters(record, call.eventName, call.outcome, problems);
  const change = readRecordedChange(parameters);
  const target = readCallTarget(parameters, change.kind);
  return {
    ok: true,
    value: {
      ...call,
      errorMessage: call.errorCode === null ? null : recordedText(recordField(record, 'errorMessage')),
      target,
      change,
      unreadable: distinctRecordProblems(problems),
    },
  };
}

/** Drops repeated problems: two sources of one permission share the problems of that permission. */
function distinctRecordProblems(problems: readonly RecordProblem[]): readonly RecordProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.path}`, problem])).values()];
}
