/**
 * The maximum number of attempts for a request, and the timeouts of one attempt in milliseconds. Two attempts fit into the timeout of
 * `emitFindings`.
 */
export const SDK_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;
