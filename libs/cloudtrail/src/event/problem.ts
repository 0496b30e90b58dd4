import type { ProblemCode } from '@portcullis/permission-diff';

/** Why a record, or a value in a record, is unreadable. For an unreadable rule, the code comes from `permission-diff`. */
export type RecordProblemCode =
  | ProblemCode
  /** CloudTrail omitted the value because it was too large. */
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
  /** The path of the offending value in the event, e.g. `detail.requestParameters.ipPermissions.items[0].fromPort`. */
  readonly path: string;
  /** The offending value as JSON text, shortened to 120 characters. `absent` if the record has no value at the path. */
  readonly text: string;
  /** Describes a valid value. */
  readonly expected: string;
}
