import type { Actor } from './actor.js';
import type { Outcome } from './call-record.js';
import type { Change } from './change.js';
import type { RecordProblem } from './problem.js';
import type { Target } from './target.js';

/** One call of EC2, as its CloudTrail record tells it. */
export interface ApiCall {
  /** The same in every delivery of the record. */
  readonly eventId: string;
  /** The same in the records that several accounts get of one call. */
  readonly sharedEventId: string | null;
  readonly eventName: string;
  /** When the call was completed: ISO 8601, UTC. */
  readonly eventTime: string;
  readonly eventVersion: string;
  /** The account that got the record: the one the call acted in. */
  readonly accountId: string;
  readonly region: string;
  readonly actor: Actor;
  /** As recorded, e.g. `Client.UnauthorizedOperation`; `null` when the call succeeded. */
  readonly errorCode: string | null;
  /** `null` when the call succeeded. */
  readonly errorMessage: string | null;
  readonly outcome: Outcome;
  readonly target: Target;
  /** What the call did; unless `outcome` is `succeeded`, what it would have done, or may have. */
  readonly change: Change;
  /**
   * What of the record could not be read, though it says more about `target` or `change` than they do. Empty when they tell all
   * that the record tells. When it is not, the effect of the call is not known from its record.
   */
  readonly unreadable: readonly RecordProblem[];
}

export type ParsedCloudTrailEvent =
  | { readonly ok: true; readonly value: ApiCall }
  | {
      readonly ok: false;
      readonly problems: readonly RecordProblem[];
      /** As far as they could be read. */
      readonly eventId: string | null;
      readonly eventName: string | null;
    };
