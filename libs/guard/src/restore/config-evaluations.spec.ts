import { ConfigServiceClient, PutEvaluationsCommand } from '@aws-sdk/client-config-service';
import { mockClient } from 'aws-sdk-client-mock';
import { configEvaluations } from './config-evaluations.js';

const client = new ConfigServiceClient({ region: 'eu-west-1' });
const config = mockClient(client);
beforeEach(() => config.reset());

const failure = (name: string): Error => Object.assign(new Error('no'), { name });
const put = (count: number): Promise<void> => {
  const evaluations = Array.from({ length: count }, (_, i) => ({
    resourceType: 'AWS::EC2::SecurityGroup',
    resourceId: `sg-${i}`,
    compliance: 'COMPLIANT' as const,
    annotation: 'at its baseline',
    orderingTime: new Date('2026-11-23T10:00:00.000Z'),
  }));
  return configEvaluations(client).put(evaluations, 'token-1', false);
};

it('`put` sends the remaining batches of evaluations when one batch fails', async () => {
  config.on(PutEvaluationsCommand).rejectsOnce(failure('ThrottlingException')).resolves({});

  await expect(put(101)).rejects.toMatchObject({ message: 'PutEvaluations failed with ThrottlingException: no', retryable: true });

  expect(config.commandCalls(PutEvaluationsCommand)).toHaveLength(2);
});

it.each([
  ['ThrottlingException', true],
  ['InternalServerError', true],
  ['InvalidResultTokenException', false],
  ['NoSuchConfigRuleException', false],
  ['AccessDeniedException', false],
  // STS returns this error if the function is not allowed to assume the role of a member account.
  ['AccessDenied', false],
  ['RegionDisabledException', false],
])('the error of `put` says whether a retry may help after %s: %s', async (name, retryable) => {
  config.on(PutEvaluationsCommand).rejects(failure(name));

  const message = `PutEvaluations failed with ${name}: no`;
  await expect(put(1)).rejects.toMatchObject({ name: 'EvaluationsError', message, retryable });
});
