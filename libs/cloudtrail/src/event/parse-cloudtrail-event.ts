import type { Change } from './change.js';
import { readCloudTrailChange } from './read-change.js';
import { cloudTrailField, cloudTrailProblem, readOptionalCloudTrailText, cloudTrailText } from './located.js';
import type { RecordProblem } from './problem.js';
import { readRecordedCall, type RecordedCall, type UnreadableRecord } from './recorded-call.js';
import { callParameters } from './call-parameters.js';
import { readCallTarget, type Target } from './target.js';

/** One call to EC2. */
export interface ApiCall extends RecordedCall {
  /** EC2's error message. Null if the call succeeded. */
  readonly errorMessage: string | null;
  readonly target: Target;
  /** The change that the call made. If `outcome` is not `succeeded`, the change that the call requested. */
  readonly change: Change;
  /**
   * A problem for each unreadable value. If there is a problem, `target` and `change` can be incomplete, so the effect of the call is
   * unknown.
   */
  readonly unreadable: readonly RecordProblem[];
}

export type ParsedCloudTrailEvent = { readonly ok: true; readonly value: ApiCall } | UnreadableRecord;

/**
 * Reads the record of a call to EC2. The argument is an event from EventBridge (`"detail-type": "AWS API Call via CloudTrail"`) or a record
 * from a trail. Never throws.
 *
 * Returns `ok: false` and every problem if the call is to another service, or if a required value is unreadable: the event id, event name,
 * time, account, region or version. Otherwise, `unreadable` contains a problem for each unreadable value.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function parseCloudTrailEvent(event: unknown): ParsedCloudTrailEvent {
  const read = readRecordedCall(event, ['ec2.amazonaws.com']);
  if (!read.ok) return read;
  const { record, call } = read;
  const problems: RecordProblem[] = [];
  readOptionalCloudTrailText(cloudTrailField(record, 'errorCode'), problems);
  // AWS raises the major version if a field changes its meaning, and the minor version if a new field is added.
  if (!/^1\.\d+$/.test(call.eventVersion)) {
    problems.push(
      cloudTrailProblem(
        'unknown-version',
        cloudTrailField(record, 'eventVersion'),
        'version `1.x`: the rest of the record was read as version 1',
      ),
    );
  }
  const parameters = callParameters(record, call.eventName, call.outcome, problems);
  const change = readCloudTrailChange(parameters);
  const target = readCallTarget(parameters, change.kind);
  return {
    ok: true,
    value: {
      ...call,
      errorMessage: call.errorCode === null ? null : cloudTrailText(cloudTrailField(record, 'errorMessage')),
      target,
      change,
      unreadable: distinctCloudTrailProblems(problems),
    },
  };
}

/** Removes duplicate problems. A problem of a permission with several sources is found once for each source. */
function distinctCloudTrailProblems(problems: readonly RecordProblem[]): readonly RecordProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.path}`, problem])).values()];
}
