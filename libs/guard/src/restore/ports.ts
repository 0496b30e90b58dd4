/** The remediator's dependencies. */
import type { FindingApproval, Reporting } from '@portcullis/finding';
import type { SecurityGroups } from '@portcullis/security-groups';
import type { RecordedGroup, RemediatorInvocation } from './remediator-event.js';

export type Compliance = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

export interface Evaluation {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly compliance: Compliance;
  /** 1 to 256 characters. */
  readonly annotation: string;
  /** The item's capture time, or the time of the schedule. The current time would break the order of retries. */
  readonly orderingTime: Date;
}

export interface Evaluations {
  /**
   * Reports the evaluations to AWS Config.
   *
   * @throws {EvaluationsError} if AWS Config did not accept all of the evaluations.
   */
  put(evaluations: readonly Evaluation[], resultToken: string, testMode: boolean): Promise<void>;
}

/** AWS Config did not accept the evaluations. `retryable` says whether a retry may succeed. */
export class EvaluationsError extends Error {
  override readonly name = 'EvaluationsError';

  constructor(
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A drift of a group in mode `approve`. */
export interface AwaitingDrift {
  readonly group: RecordedGroup;
  readonly accountId: string;
  /** How long the restoration waits for an approval. */
  readonly minutes: number;
  readonly invocation: Pick<RemediatorInvocation, 'eventId' | 'messageType' | 'trigger'>;
}

/** What a verdict says about a restoration that needs an approval. */
export interface Wait {
  /** E.g. `waits for approval until 2026-11-27T16:00:00Z`. */
  readonly words: string;
  readonly outlook: string;
  /** Whether a retry may start the wait. */
  readonly retry: boolean;
  /** Absent if the wait did not start. */
  readonly approval?: FindingApproval;
}

/** The waits of groups in mode `approve`. The state is outside of the function. The methods reject if AWS fails. */
export interface Approvals {
  /**
   * Starts the wait, unless the group waits already. At its end, the function gets a request to restore the group. Resolves to `over` if an
   * earlier wait is over, so that its request is on its way or has failed.
   */
  start(drift: AwaitingDrift, now: Date): Promise<Wait | 'over'>;
  /** Ends the wait of the group, if any. */
  cancel(drift: AwaitingDrift): Promise<undefined>;
}

/** The remediator's metrics, in addition to the metrics of findings. */
export type Measure = 'EventAgeSeconds' | 'EventsDropped' | 'DriftFound' | 'RulesAuthorized' | 'RulesRevoked' | 'CallFailures';

/** EC2 and AWS Config of one account. */
export interface AccountPorts {
  readonly securityGroups: SecurityGroups;
  readonly evaluations: Evaluations;
}

export interface Ports extends AccountPorts {
  readonly reporting: Reporting<Measure>;
  readonly now: () => Date;
  /** Returns the milliseconds left for restoring groups. Time for reporting is kept in reserve. */
  readonly timeLeft: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly approvals: Approvals;
}

/** The dependencies that do not depend on the event's account. */
export interface HandlerPorts extends Omit<Ports, keyof AccountPorts | 'timeLeft'> {
  /** Returns `undefined` for an account that is not guarded. The signal aborts calls in progress. */
  readonly accountPorts: (accountId: string | null, signal?: AbortSignal) => AccountPorts | undefined | Promise<AccountPorts | undefined>;
}
