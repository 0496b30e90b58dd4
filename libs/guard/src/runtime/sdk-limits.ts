/**
 * Timeouts of an AWS call, in milliseconds. After a timeout, the SDK retries the call. Without a timeout, a call on a dead connection would
 * last until Lambda ends the function.
 */
export const SDK_LIMITS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
