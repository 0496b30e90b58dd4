import type { Remediator } from './ports.js';

/** Returns a remediator that invokes the Lambda function with this ARN. The Lambda client is loaded when a group first drifts. */
export function lazyLambdaRemediator(functionArn: string): Remediator {
  let loading: Promise<Remediator> | undefined;
  const load = async (): Promise<Remediator> => (await import('./lambda-remediator.js')).openLambdaRemediator(functionArn);
  return {
    restore: async (request) => {
      loading ??= load();
      return (await loading).restore(request);
    },
  };
}
