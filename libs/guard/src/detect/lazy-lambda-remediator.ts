import type { Remediator } from './ports.js';

/**
 * Returns a remediator that invokes the Lambda function with this ARN. The code of the Lambda client is loaded when a group first drifts.
 */
export function lazyLambdaRemediator(functionArn: string): Remediator {
  let loading: Promise<Remediator> | undefined;
  return {
    restore: async (request) => {
      loading ??= import('./lambda-remediator.js').then(({ openLambdaRemediator }) => openLambdaRemediator(functionArn));
      return (await loading).restore(request);
    },
  };
}
