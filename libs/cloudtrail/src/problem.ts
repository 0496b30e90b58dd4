import type { ProblemCode } from '@portcullis/permission-diff';

/** Why a record, or a part of it, could not be read: a reason of this library, or one of `permission-diff` for a rule within it. */
export type RecordProblemCode =
  | ProblemCode
  /** CloudTrail left it out because it was too large. */
  | 'omitted'
  /** What was delivered is not the record of an API call. */
  | 'wrong-detail-type'
  /** The call was made to another service than EC2. */
  | 'wrong-event-source'
  /** A major version of the record format that this library does not know. */
  | 'unknown-version'
  /** Something without which the call cannot be understood is not there. */
  | 'missing'
  | 'not-a-time';

/** One reason why a record, or a part of it, could not be read. */
export interface RecordProblem {
  readonly code: RecordProblemCode;
  /** Where it is in what was given, e.g. `detail.requestParameters.ipPermissions.items[0].fromPort`. */
  readonly path: string;
  /** The offending value as JSON text, shortened to 120 characters; `absent` when there is none. */
  readonly text: string;
  /** What would be right. */
  readonly expected: string;
}

/** Returns the problems without repetitions: what two sources of one permission share is said once. */
export function withoutRepetitions(problems: readonly RecordProblem[]): readonly RecordProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.path}`, problem])).values()];
}
