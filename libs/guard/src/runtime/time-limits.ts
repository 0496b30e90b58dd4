/** Limits the time of an invocation, because a function that Lambda ends cannot report anything. */
import type { Invocation } from '@portcullis/finding';

/** The part of Lambda's context that tells the remaining time of an invocation. */
export interface InvocationWithin extends Invocation {
  readonly getRemainingTimeInMillis?: () => number;
}

export interface TimeLimits {
  /** Returns the milliseconds left for work. The time for reporting is already subtracted. */
  readonly timeLeft: () => number;
  /** Aborts calls in progress when the time for work is up. If absent, there is no time limit. */
  readonly signal?: AbortSignal;
}

export const NO_LIMITS: TimeLimits = { timeLeft: () => Infinity };

/**
 * The time to reserve for the sinks (five seconds) and for three attempts to call AWS Config. But never reserve more than a quarter of the
 * remaining time.
 */
const REPORTING_MILLISECONDS = 20_000;

/** Returns the time limits of the invocation's work. */
export function invocationTimeLimits(invocation: InvocationWithin | undefined): TimeLimits {
  const remaining = invocation?.getRemainingTimeInMillis?.bind(invocation);
  if (remaining === undefined) return NO_LIMITS;
  const whole = remaining();
  const reserved = Math.min(REPORTING_MILLISECONDS, whole / 4);
  return {
    timeLeft: () => remaining() - reserved,
    signal: AbortSignal.timeout(Math.max(0, Math.floor(whole - reserved))),
  };
}
