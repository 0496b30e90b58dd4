/** Invokes the remediator's function. This module is a separate bundle, which the function loads at the first request. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { RestorationRequest } from '../runtime/restoration-request.js';

/** Timeouts in milliseconds. The timeouts are short, because the detector makes this call before it reports the finding. */
const LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;

let client: LambdaClient | undefined;

/**
 * Invokes the function with this ARN. Lambda queues the event, answers, and then runs the function up to three times until a run succeeds.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
export async function requestRestoration(functionArn: string, request: RestorationRequest): Promise<void> {
  client ??= new LambdaClient(LIMITS);
  const Payload = new TextEncoder().encode(JSON.stringify(request));
  await client.send(new InvokeCommand({ FunctionName: functionArn, InvocationType: 'Event', Payload }));
}
