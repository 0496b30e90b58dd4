/** Timeouts in milliseconds. Two attempts fit into the deadline that `emitFindings` sets for a sink. */
export const SDK_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;
