/** What the remediator needs from the world, in its own words. */
import type { Reporting } from '@portcullis/finding';
import type { SecurityGroups } from '@portcullis/security-groups';

export type Compliance = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';

export interface Evaluation {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly compliance: Compliance;
  /** 1 to 256 characters. */
  readonly annotation: string;
  /** The item's capture time, or the time AWS Config set off the schedule. Never "now", which would break the order among retries. */
  readonly orderingTime: Date;
}

export interface Evaluations {
  /**
   * Gives the evaluations to AWS Config.
   *
   * @throws {EvaluationsError} when AWS Config did not take them all.
   */
  put(evaluations: readonly Evaluation[], resultToken: string, testMode: boolean): Promise<void>;
}

/** AWS Config did not take the evaluations. `retryable` when the same may go through later. */
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

/** What is measured besides the findings. */
export type Measure = 'EventAgeSeconds' | 'EventsDropped' | 'DriftFound' | 'RulesAuthorized' | 'RulesRevoked' | 'CallFailures';

/** What is asked and told in one account. */
export interface AccountPorts {
  readonly securityGroups: SecurityGroups;
  readonly evaluations: Evaluations;
}

export interface Ports extends AccountPorts {
  readonly reporting: Reporting<Measure>;
  readonly now: () => Date;
  /** How many milliseconds are left to restore groups in, so that there is time to report after them. */
  readonly timeLeft: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** The ports before it is known which account the event is about. */
export interface HandlerPorts extends Omit<Ports, keyof AccountPorts | 'timeLeft'> {
  /** Returns nothing for an account that is not guarded. The signal ends whatever call is under way. */
  readonly accountPorts: (accountId: string | null, signal?: AbortSignal) => AccountPorts | undefined;
}
