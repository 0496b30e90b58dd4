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
  /**
   * The capture time of the configuration item, or the time of the schedule. AWS Config orders evaluations by this time, so a retry must
   * not use the current time.
   */
  readonly orderingTime: Date;
}

export interface Evaluations {
  /**
   * Sends the evaluations to AWS Config.
   *
   * @throws {EvaluationsError} if AWS Config did not accept every evaluation.
   */
  put(evaluations: readonly Evaluation[], resultToken: string, testMode: boolean): Promise<void>;
}

/** AWS Config did not accept the evaluations. `retryable` says whether a retry of the call may succeed. */
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

/** A drift whose restoration needs an approval, because the baseline is in mode `approve`. */
export interface AwaitingDrift {
  readonly group: RecordedGroup;
  readonly accountId: string;
  /** How many minutes the restoration waits for an approval. */
  readonly minutes: number;
  readonly invocation: Pick<RemediatorInvocation, 'eventId' | 'messageType' | 'trigger'>;
}

/** What the finding and the annotation say about a restoration that needs an approval. */
export interface Wait {
  /** For example, `waits for approval until 2026-11-27T16:00:00Z`. */
  readonly words: string;
  readonly outlook: string;
  /** Whether a retry of the event may start the wait. */
  readonly retry: boolean;
  /** Absent if the wait did not start. */
  readonly approval?: FindingApproval;
}

/**
 * Starts and ends the waits of groups for an approval. AWS stores the waits, because a Lambda instance loses its memory when the instance
 * ends. The methods reject if the call to AWS fails.
 */
export interface Approvals {
  /**
   * Starts the wait, or continues the existing wait of the group. When the wait ends, AWS sends the function a request to restore the
   * group. Resolves to `over` if the existing wait has ended: the request to restore the group will arrive soon, or has failed.
   */
  start(drift: AwaitingDrift, now: Date): Promise<Wait | 'over'>;
  /** Ends the wait of the group. Does nothing if the group does not wait. */
  cancel(drift: AwaitingDrift): Promise<undefined>;
}

/** The remediator's metrics, in addition to the metrics about findings. */
export type Measure = 'EventAgeSeconds' | 'EventsDropped' | 'DriftFound' | 'RulesAuthorized' | 'RulesRevoked' | 'CallFailures';

/** Access to EC2 and AWS Config in one account. */
export interface AccountPorts {
  readonly securityGroups: SecurityGroups;
  readonly evaluations: Evaluations;
}

export interface Ports extends AccountPorts {
  readonly reporting: Reporting<Measure>;
  readonly now: () => Date;
  /** Returns the milliseconds left for restorations, without the time that is reserved for reports. */
  readonly timeLeft: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly approvals: Approvals;
}

/** The ports that are the same for every account. */
export interface HandlerPorts extends Omit<Ports, keyof AccountPorts | 'timeLeft'> {
  /** Returns `undefined` for an account that is not guarded. The signal aborts AWS calls in progress. */
  readonly accountPorts: (accountId: string | null, signal?: AbortSignal) => AccountPorts | undefined | Promise<AccountPorts | undefined>;
}
