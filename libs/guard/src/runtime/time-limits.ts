/** Limits the time of an invocation: a function that Lambda ends has reported nothing. */
import type { Invocation } from '@portcullis/finding';

/** An invocation of Lambda, with the time that is left. */
export interface InvocationWithin extends Invocation {
  readonly getRemainingTimeInMillis?: () => number;
}

export interface TimeLimits {
  /** Returns the milliseconds left for work. Time to report is left after them. */
  readonly timeLeft: () => number;
  /** Ends the calls under way when the time is up. Absent: no limit. */
  readonly signal?: AbortSignal;
}

export const NO_LIMITS: TimeLimits = { timeLeft: () => Infinity };

/** Reserved for the sinks (five seconds) and AWS Config (three attempts). Of a shorter time a quarter is reserved. */
const REPORTING_MILLISECONDS = 20_000;

/** Returns the time that the invocation has for its work. */
export function timeWithin(invocation: InvocationWithin | undefined): TimeLimits {
  const remaining = invocation?.getRemainingTimeInMillis?.bind(invocation);
  if (remaining === undefined) return NO_LIMITS;
  const whole = remaining();
  const reserved = Math.min(REPORTING_MILLISECONDS, whole / 4);
  return {
    timeLeft: () => remaining() - reserved,
    signal: AbortSignal.timeout(Math.max(0, Math.floor(whole - reserved))),
  };
}
