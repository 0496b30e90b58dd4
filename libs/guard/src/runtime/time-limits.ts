/** Limits the time of an invocation, because a function that Lambda ends at its timeout cannot report findings. */
import type { Invocation } from '@portcullis/finding';

/** The part of Lambda's context that contains the remaining time of an invocation. */
export interface InvocationWithin extends Invocation {
  readonly getRemainingTimeInMillis?: () => number;
}

export interface TimeLimits {
  /** Returns the milliseconds left for reads and restorations, without the time that is reserved for reports. */
  readonly timeLeft: () => number;
  /** Aborts AWS calls in progress when `timeLeft` reaches 0. If absent, there is no time limit. */
  readonly signal?: AbortSignal;
}

export const NO_LIMITS: TimeLimits = { timeLeft: () => Infinity };

/**
 * The time to reserve for reports: five seconds for the sinks, and 15 seconds for three attempts to call AWS Config. If 20 seconds are more
 * than a quarter of the remaining time, only a quarter is reserved.
 */
const REPORTING_MILLISECONDS = 20_000;

/** Returns the time limits of one invocation. Outside of Lambda, there are no limits. */
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
