/**
 * Timeouts of an AWS call, in milliseconds. After a timeout, the SDK retries the call. Without these timeouts, a function would wait for a
 * dead connection until Lambda ends the function.
 */
export const SDK_LIMITS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
