/** Gives evaluations to AWS Config. */
import { PutEvaluationsCommand, type ConfigServiceClient } from '@aws-sdk/client-config-service';
import { EvaluationsError, type Evaluation, type Evaluations } from '../ports.js';

/** Source: AWS Config API reference, PutEvaluations: at most 100 evaluations in a call. */
const MAX_PER_CALL = 100;

// Source: AWS Config API reference, PutEvaluations, Errors: doing the same again cannot help these.
const PERMANENT = new Set([
  'AccessDeniedException',
  'InvalidParameterValueException',
  'InvalidResultTokenException',
  'NoSuchConfigRuleException',
  'ValidationException',
]);

export function configEvaluations(client: ConfigServiceClient): Evaluations {
  return {
    put: async (evaluations, resultToken, testMode) => {
      const failed: string[] = [];
      for (let start = 0; start < evaluations.length; start += MAX_PER_CALL) {
        const batch = evaluations.slice(start, start + MAX_PER_CALL);
        failed.push(...(await putBatch(client, batch, resultToken, testMode)));
      }
      // A call that succeeds may still tell of evaluations it did not take.
      if (failed.length > 0)
        throw new EvaluationsError(`AWS Config did not take the evaluations of ${failed.join(', ')}`, true);
    },
  };
}

async function putBatch(
  client: ConfigServiceClient,
  batch: readonly Evaluation[],
  ResultToken: string,
  TestMode: boolean,
): Promise<string[]> {
  const command = new PutEvaluationsCommand({
    Evaluations: batch.map(({ resourceType, resourceId, compliance, annotation, orderingTime }) => ({
      ComplianceResourceType: resourceType,
      ComplianceResourceId: resourceId,
      ComplianceType: compliance,
      Annotation: annotation,
      OrderingTimestamp: orderingTime,
    })),
    ResultToken,
    ...(TestMode ? { TestMode } : {}),
  });
  try {
    const { FailedEvaluations = [] } = await client.send(command);
    return FailedEvaluations.map(({ ComplianceResourceId }) => ComplianceResourceId ?? 'a resource without id');
  } catch (cause) {
    const [name, message] = cause instanceof Error ? [cause.name, cause.message] : ['UnknownError', String(cause)];
    throw new EvaluationsError(`PutEvaluations failed with ${name}: ${message}`, !PERMANENT.has(name), { cause });
  }
}
