import type { ProblemCode } from '@portcullis/permission-diff';

/** Why a record, or a part of it, could not be read. The codes of `permission-diff` are about the rules in it. */
export type RecordProblemCode =
  | ProblemCode
  /** CloudTrail left it out because it was too large. */
  | 'omitted'
  /** The event is not the record of an API call. */
  | 'wrong-detail-type'
  /** The call was made to another service. */
  | 'wrong-event-source'
  /** The record has an unknown major version. */
  | 'unknown-version'
  /** A required value is absent. */
  | 'missing'
  | 'not-a-time';

export interface RecordProblem {
  readonly code: RecordProblemCode;
  /** Where in the event, e.g. `detail.requestParameters.ipPermissions.items[0].fromPort`. */
  readonly path: string;
  /** The offending value as JSON text, shortened to 120 characters; `absent` if there is none. */
  readonly text: string;
  /** What would be right. */
  readonly expected: string;
}
