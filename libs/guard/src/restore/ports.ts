/** The remediator's dependencies. */
import type { Reporting } from '@portcullis/finding';
import type { SecurityGroups } from '@portcullis/security-groups';

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
}

/** The dependencies that do not depend on the event's account. */
export interface HandlerPorts extends Omit<Ports, keyof AccountPorts | 'timeLeft'> {
  /** Returns `undefined` for an account that is not guarded. The signal aborts calls in progress. */
  readonly accountPorts: (accountId: string | null, signal?: AbortSignal) => AccountPorts | undefined | Promise<AccountPorts | undefined>;
}
