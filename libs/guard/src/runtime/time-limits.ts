/** How long an invocation may take: a function that Lambda cuts off has told nobody what it did. */
import type { Invocation } from '@portcullis/finding';

/** An invocation as Lambda tells it, with the time that is left of it. */
export interface InvocationWithin extends Invocation {
  readonly getRemainingTimeInMillis?: () => number;
}

export interface TimeLimits {
  /** Returns how many milliseconds are left to work in, so that there is time to report after them. */
  readonly timeLeft: () => number;
  /** Ends what is under way when the time is up. Absent: there is no end. */
  readonly signal?: AbortSignal;
}

export const NO_LIMITS: TimeLimits = { timeLeft: () => Infinity };

/** Kept for the sinks, five seconds, and AWS Config, three tries; a quarter of the time if there is less. Milliseconds. */
const FOR_REPORTING = 20_000;

/** Returns the time that the invocation has for its work. */
export function timeWithin(invocation: InvocationWithin | undefined): TimeLimits {
  const remaining = invocation?.getRemainingTimeInMillis?.bind(invocation);
  if (remaining === undefined) return NO_LIMITS;
  const whole = remaining();
  const reserved = Math.min(FOR_REPORTING, whole / 4);
  return {
    timeLeft: () => remaining() - reserved,
    signal: AbortSignal.timeout(Math.max(0, Math.floor(whole - reserved))),
  };
}
