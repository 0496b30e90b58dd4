/** Limits the request rate of a client, so that AWS throttles neither this client nor the account's other callers. */
import pThrottle from 'p-throttle';

export interface RequestRate {
  readonly limit: number;
  /** Milliseconds. */
  readonly interval: number;
}

/**
 * EC2 allows an account 20 non-mutating calls a second. This program makes at most 10 calls a second, so that other programs in the account
 * can also call EC2. Source: EC2 developer guide, "Request throttling for the Amazon EC2 API".
 */
export const EC2_RATE: RequestRate = { limit: 10, interval: 1000 };

/** CloudTrail allows two lookups a second for each account and region. Source: CloudTrail API reference, LookupEvents. */
export const LOOKUP_RATE: RequestRate = { limit: 2, interval: 1100 };

/** Returns a function that resolves as soon as the rate allows the next request. */
export function requestRateLimiter(rate: RequestRate): () => Promise<void> {
  return pThrottle({ ...rate, strict: true })(() => Promise.resolve());
}

interface Throttled {
  readonly middlewareStack: {
    add(
      middleware: <Input, Result>(next: (args: Input) => Promise<Result>) => (args: Input) => Promise<Result>,
      options: { readonly step: 'finalizeRequest'; readonly name: string; readonly priority: 'low' },
    ): void;
  };
}

/** Makes the client wait before a request that would exceed the rate. Returns the same client. */
export function limitRequestRate<C extends Throttled>(client: C, rate: RequestRate): C {
  const turn = requestRateLimiter(rate);
  client.middlewareStack.add(
    (next) => async (args) => {
      await turn();
      return next(args);
    },
    // This step runs inside the SDK's retry loop, because each retry is also a request.
    { step: 'finalizeRequest', name: 'awaitTurn', priority: 'low' },
  );
  return client;
}
