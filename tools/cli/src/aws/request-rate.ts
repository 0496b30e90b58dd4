/** Keeps a client within what AWS lets an account ask for, so that neither it nor the account's other callers are throttled. */
import pThrottle from 'p-throttle';

export interface Rate {
  readonly limit: number;
  /** Milliseconds. */
  readonly interval: number;
}

/**
 * Half of what an account may ask on end of a call of EC2 that changes nothing, 20 a second: the rest is for everybody else.
 * Source: EC2 developer guide, "Request throttling for the Amazon EC2 API".
 */
export const EC2_RATE: Rate = { limit: 10, interval: 1000 };

/** Two a second for an account in a region. Source: CloudTrail API reference, LookupEvents. */
export const LOOKUP_RATE: Rate = { limit: 2, interval: 1100 };

/** Returns what resolves when it is the caller's turn. */
export function turns(rate: Rate): () => Promise<void> {
  return pThrottle({ ...rate, strict: true })(() => Promise.resolve());
}

/** Where in the SDK's stack a turn is awaited: within the retries, each of which is a request, too. */
export const EACH_REQUEST = { step: 'finalizeRequest', name: 'awaitTurn', priority: 'low' } as const;
