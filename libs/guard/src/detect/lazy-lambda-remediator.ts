import type { Remediator } from './ports.js';

/**
 * Returns a remediator that invokes the Lambda function with this ARN. The code of the Lambda client is loaded when a group first drifts.
 */
export function lazyLambdaRemediator(functionArn: string): Remediator {
  return async (request) => (await import('./lambda-remediator.js')).requestRestoration(functionArn, request);
}
