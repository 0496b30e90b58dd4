/** Wakes the remediator by invoking its function. A bundle of its own: loaded by those who use it. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import type { Remediator } from './ports.js';

/** The finding waits for it: what takes longer has failed. Milliseconds. */
const LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;

/**
 * Returns the remediator behind the client. What it does afterwards is not waited for: Lambda takes the event into its queue, and tries
 * three times. Source: Lambda developer guide, "Invoking a Lambda function asynchronously".
 */
export function lambdaRemediator(client: LambdaClient, functionName: string): Remediator {
  return {
    restore: async (request: RestorationRequest) => {
      const Payload = new TextEncoder().encode(JSON.stringify(request));
      await client.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }));
    },
  };
}

/** Returns the remediator with a client of its own. */
export function openLambdaRemediator(functionName: string): Remediator {
  return lambdaRemediator(new LambdaClient(LIMITS), functionName);
}
