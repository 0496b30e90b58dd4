/** Whether Lambda has room for both functions. */
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { GUARDS, guardFunctionName } from '@portcullis/settings';
import { answered, type Check } from './check.js';
import type { RegionToCheck } from './region-to-check.js';

/** What must stay unreserved. Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html */
const UNRESERVED_MINIMUM = 100;
const QUOTA = '--service-code lambda --quota-code L-B99A9384';

export async function concurrencyChecks({ place, settings, signal }: RegionToCheck): Promise<readonly Check[]> {
  const lambda = place.client(LambdaClient);
  const { AccountLimit } = await answered(
    'lambda:GetAccountSettings',
    lambda.send(new GetAccountSettingsCommand({}), { abortSignal: signal }),
  );
  const { ConcurrentExecutions: limit = 0, UnreservedConcurrentExecutions: unreserved = 0 } = AccountLimit ?? {};
  const { remediator = 0, detector = 0 } = settings.reservedConcurrency;
  const wanted = remediator + detector;
  if (wanted > 0) {
    // What the functions have reserved by an earlier deployment is theirs.
    const held =
      (await reservedBy(guardFunctionName(settings, GUARDS.remediator))) + (await reservedBy(guardFunctionName(settings, GUARDS.detector)));
    const left = unreserved + held - wanted;
    if (left < UNRESERVED_MINIMUM)
      return [
        {
          about: 'concurrency',
          outcome: 'fails',
          what: `\`reservedConcurrency\` takes ${wanted} of ${unreserved + held} unreserved concurrent executions, which leaves ${left}`,
          why: `Lambda keeps at least ${UNRESERVED_MINIMUM} for functions without a reservation, and refuses what would leave fewer (InvalidParameterValueException)`,
          fix: `leave out \`reservedConcurrency\`, or ask for more: \`aws service-quotas request-service-quota-increase ${QUOTA} --desired-value ${limit + UNRESERVED_MINIMUM - left} --region ${place.region}\``,
        },
      ];
  }
  if (wanted === 0 && limit < UNRESERVED_MINIMUM)
    return [
      {
        about: 'concurrency',
        outcome: 'risk',
        what: `the account runs at most ${limit} functions at once in this region`,
        why: 'other functions can use them up, and the guard then waits for its turn',
        fix: `\`aws service-quotas request-service-quota-increase ${QUOTA} --desired-value 1000 --region ${place.region}\``,
      },
    ];
  return [
    {
      about: 'concurrency',
      outcome: 'ok',
      what: `${unreserved} of ${limit} concurrent executions are unreserved${wanted > 0 ? `, of which \`reservedConcurrency\` takes ${wanted}` : ''}`,
    },
  ];

  async function reservedBy(FunctionName: string): Promise<number> {
    return answered('lambda:GetFunctionConcurrency', reservation(FunctionName));
  }

  async function reservation(FunctionName: string): Promise<number> {
    try {
      const answer = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }), { abortSignal: signal });
      return answer.ReservedConcurrentExecutions ?? 0;
    } catch (error) {
      // Not deployed yet.
      if (error instanceof ResourceNotFoundException) return 0;
      throw error;
    }
  }
}
