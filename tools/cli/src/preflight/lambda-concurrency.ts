/** Checks that Lambda's unreserved concurrency is sufficient for both functions of the deployment. */
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GUARDS, guardFunctionName } from '@portcullis/settings';
import { isAwsResourceNotFound } from '../aws/error-words.js';
import { awaitPreflightCall, preflightFails, preflightOk, preflightRisk, type CheckResult, type RegionToCheck } from './check.js';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html */
const MIN_UNRESERVED = 100;

export async function checkLambdaConcurrency({ accountRegion, accountId, settings, signal }: RegionToCheck): Promise<CheckResult | []> {
  // Only the central account has the functions, so there is nothing to check in a member account.
  if (settings.accountId !== undefined && settings.accountId !== accountId) return [];
  const lambda = accountRegion.client(LambdaClient);
  const settingsRead = lambda.send(new GetAccountSettingsCommand({}), { abortSignal: signal });
  const { AccountLimit = {} } = await awaitPreflightCall('lambda:GetAccountSettings', settingsRead);
  const { ConcurrentExecutions: limit = 0, UnreservedConcurrentExecutions: unreserved = 0 } = AccountLimit;
  const increase = (desired: number): string =>
    `\`aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value ${desired} --region ${accountRegion.region}\``;
  const { remediator = 0, detector = 0 } = settings.reservedConcurrency;
  const wanted = remediator + detector;
  if (wanted > 0) {
    // If the functions are deployed already, the new reservation replaces their current reservation.
    const names = [GUARDS.remediator, GUARDS.detector].map((guard) => guardFunctionName(settings, guard));
    let available = unreserved;
    for (const name of names)
      available += await awaitPreflightCall('lambda:GetFunctionConcurrency', preflightReservedConcurrency(name, lambda, signal));
    const left = available - wanted;
    if (left < MIN_UNRESERVED)
      return preflightFails(
        `\`reservedConcurrency\` takes ${wanted} of ${available} unreserved concurrent executions, which leaves ${left}`,
        `Lambda refuses to leave fewer than ${MIN_UNRESERVED} for functions without a reservation (InvalidParameterValueException)`,
        `remove \`reservedConcurrency\`, or request a higher quota: ${increase(limit + MIN_UNRESERVED - left)}`,
      );
  }
  if (wanted === 0 && limit < MIN_UNRESERVED)
    return preflightRisk(
      `the account runs at most ${limit} functions at once in this region`,
      'if other functions use the whole concurrency, Lambda throttles the guard',
      increase(1000),
    );
  const reserved = wanted > 0 ? `, of which \`reservedConcurrency\` takes ${wanted}` : '';
  return preflightOk(`${unreserved} of ${limit} concurrent executions are unreserved${reserved}`);
}

async function preflightReservedConcurrency(FunctionName: string, lambda: LambdaClient, abortSignal: AbortSignal): Promise<number> {
  try {
    const answer = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }), { abortSignal });
    return answer.ReservedConcurrentExecutions ?? 0;
  } catch (error) {
    // A function that is not deployed yet has no reserved concurrency.
    if (isAwsResourceNotFound(error)) return 0;
    throw error;
  }
}
