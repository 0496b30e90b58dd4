/** Reports evaluations to AWS Config. */
import { PutEvaluationsCommand, type ConfigServiceClient } from '@aws-sdk/client-config-service';
import { EvaluationsError, type Evaluation, type Evaluations } from './ports.js';

/** The maximum number of evaluations in one call. Source: AWS Config API reference, PutEvaluations. */
const MAX_PER_CALL = 100;

// Errors after which a retry cannot succeed. Source: https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html, Errors
const PERMANENT = new Set([
  // STS returns these errors if the function is not allowed to assume the role of a member account, or if that account has disabled the
  // region: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html and CommonErrors.html.
  'AccessDenied',
  'RegionDisabledException',
  'AccessDeniedException',
  'InvalidParameterValueException',
  'InvalidResultTokenException',
  'NoSuchConfigRuleException',
  'ValidationException',
]);

export function configEvaluations(client: ConfigServiceClient): Evaluations {
  return {
    put: async (evaluations, resultToken, testMode) => {
      const failures: EvaluationsError[] = [];
      for (let start = 0; start < evaluations.length; start += MAX_PER_CALL) {
        const batch = evaluations.slice(start, start + MAX_PER_CALL);
        const failure = await putEvaluationBatch(client, batch, resultToken, testMode);
        if (failure !== undefined) failures.push(failure);
      }
      if (failures.length === 0) return;
      const messages = new Set(failures.map(({ message }) => message));
      const retryable = failures.some((failure) => failure.retryable);
      throw new EvaluationsError([...messages].join('; '), retryable, { cause: failures[0]?.cause });
    },
  };
}

/** Returns the error of the batch, if any. */
async function putEvaluationBatch(
  client: ConfigServiceClient,
  batch: readonly Evaluation[],
  ResultToken: string,
  TestMode: boolean,
): Promise<EvaluationsError | undefined> {
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
    // Even if the call succeeds, AWS Config may refuse some evaluations.
    if (FailedEvaluations.length === 0) return undefined;
    const ids = FailedEvaluations.map(({ ComplianceResourceId }) => ComplianceResourceId ?? 'a resource without id');
    return new EvaluationsError(`AWS Config refused the evaluations of ${ids.join(', ')}`, true);
  } catch (cause) {
    const [name, message] = cause instanceof Error ? [cause.name, cause.message] : ['UnknownError', String(cause)];
    return new EvaluationsError(`PutEvaluations failed with ${name}: ${message}`, !PERMANENT.has(name), { cause });
  }
}
