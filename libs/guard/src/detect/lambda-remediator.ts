/** Wakes the remediator by invoking its function. This module is a separate bundle, which is loaded on first use. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Remediator } from './ports.js';

/** Timeouts in milliseconds. They are short because the finding waits for this call. */
const LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;

/**
 * Returns a remediator that invokes the function. Lambda queues the event, responds, and then runs the event up to three times.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
export function openLambdaRemediator(functionArn: string): Remediator {
  const client = new LambdaClient(LIMITS);
  return {
    restore: async (request) => {
      const Payload = new TextEncoder().encode(JSON.stringify(request));
      await client.send(new InvokeCommand({ FunctionName: functionArn, InvocationType: 'Event', Payload }));
    },
  };
}
