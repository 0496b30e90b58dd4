/**
 * Timeouts of an AWS call, in milliseconds. The SDK then retries the call. Without them a function waits for a dead connection until Lambda
 * ends it.
 */
export const SDK_LIMITS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
