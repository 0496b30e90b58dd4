/** Limits the time of an invocation, because a function that Lambda ends can no longer report. */
import type { Invocation } from '@portcullis/finding';

/** A Lambda invocation with its remaining time. */
export interface InvocationWithin extends Invocation {
  readonly getRemainingTimeInMillis?: () => number;
}

export interface TimeLimits {
  /** Returns the milliseconds left for work. Time for reporting is kept in reserve. */
  readonly timeLeft: () => number;
  /** Aborts calls in progress when the time is up. If absent, there is no limit. */
  readonly signal?: AbortSignal;
}

export const NO_LIMITS: TimeLimits = { timeLeft: () => Infinity };

/** Reserved for the sinks (five seconds) and AWS Config (three attempts). At most a quarter of the remaining time is reserved. */
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
