/** How long anything may take: a function that Lambda cuts off has told nobody what it did. */
import type { Invocation } from '@portcullis/finding';

/** An invocation as Lambda tells it, with the time that is left of it. */
export interface InvocationWithin extends Invocation {
  readonly getRemainingTimeInMillis?: () => number;
}

/** Kept for telling the sinks, five seconds, and AWS Config, three tries; of a function with little time, a quarter of it. */
const FOR_REPORTING = 20_000;

/** Returns how much time is left to restore groups in, and a signal that ends what is then still under way. */
export function timeWithin(invocation: InvocationWithin | undefined): {
  readonly timeLeft: () => number;
  readonly signal?: AbortSignal;
} {
  const remaining = invocation?.getRemainingTimeInMillis?.bind(invocation);
  if (remaining === undefined) return { timeLeft: () => Infinity };
  const whole = remaining();
  const reserved = Math.min(FOR_REPORTING, whole / 4);
  return {
    timeLeft: () => remaining() - reserved,
    signal: AbortSignal.timeout(Math.max(0, Math.floor(whole - reserved))),
  };
}
