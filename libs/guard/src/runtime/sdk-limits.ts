/**
 * A call of AWS that is not answered for so long fails, and is tried again by the SDK. Without these a connection that has died is waited
 * for until Lambda ends the function. Milliseconds.
 */
export const SDK_LIMITS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
