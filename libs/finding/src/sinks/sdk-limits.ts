/** A sink that is not answered for so long is tried once more by the SDK, all within what a sink may take. Milliseconds. */
export const SDK_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;
