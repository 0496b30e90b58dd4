import { ConfigServiceClient, PutEvaluationsCommand } from '@aws-sdk/client-config-service';
import { mockClient } from 'aws-sdk-client-mock';
import type { Evaluation } from './ports.js';
import { configEvaluations } from './config-evaluations.js';

const client = new ConfigServiceClient({ region: 'eu-west-1' });
const config = mockClient(client);
beforeEach(() => config.reset());

const evaluation = (resourceId: string): Evaluation => ({
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId,
  compliance: 'COMPLIANT',
  annotation: 'at its baseline',
  orderingTime: new Date('2026-11-23T10:00:00.000Z'),
});

const put = (evaluations: readonly Evaluation[], testMode = false): Promise<void> =>
  configEvaluations(client).put(evaluations, 'token-1', testMode);

it('sends the evaluation with the time as a date, since the SDK sends text as it is and AWS Config refuses it', async () => {
  config.on(PutEvaluationsCommand).resolves({});

  await put([evaluation('sg-1')]);

  expect(config.commandCalls(PutEvaluationsCommand)[0]?.args[0].input).toEqual({
    Evaluations: [
      {
        ComplianceResourceType: 'AWS::EC2::SecurityGroup',
        ComplianceResourceId: 'sg-1',
        ComplianceType: 'COMPLIANT',
        Annotation: 'at its baseline',
        OrderingTimestamp: new Date('2026-11-23T10:00:00.000Z'),
      },
    ],
    ResultToken: 'token-1',
  });
});

it('sends at most a hundred evaluations in a call', async () => {
  config.on(PutEvaluationsCommand).resolves({});

  await put(Array.from({ length: 201 }, (_, i) => evaluation(`sg-${i}`)));

  expect(config.commandCalls(PutEvaluationsCommand).map((call) => call.args[0].input.Evaluations?.length)).toEqual([100, 100, 1]);
});

it('gives AWS Config the other evaluations when one batch fails', async () => {
  config
    .on(PutEvaluationsCommand)
    .rejectsOnce(Object.assign(new Error('no'), { name: 'ThrottlingException' }))
    .resolves({});

  await expect(put(Array.from({ length: 101 }, (_, i) => evaluation(`sg-${i}`)))).rejects.toMatchObject({
    message: 'PutEvaluations failed with ThrottlingException: no',
    retryable: true,
  });

  expect(config.commandCalls(PutEvaluationsCommand)).toHaveLength(2);
});

it('sets the test mode when told', async () => {
  config.on(PutEvaluationsCommand).resolves({});

  await put([evaluation('sg-1')], true);

  expect(config.commandCalls(PutEvaluationsCommand)[0]?.args[0].input.TestMode).toBe(true);
});

it('does not take a success for success when it tells of evaluations that failed', async () => {
  config.on(PutEvaluationsCommand).resolves({
    FailedEvaluations: [
      {
        ComplianceResourceId: 'sg-2',
        ComplianceResourceType: 'x',
        ComplianceType: 'COMPLIANT',
        OrderingTimestamp: new Date(),
      },
    ],
  });

  await expect(put([evaluation('sg-1'), evaluation('sg-2')])).rejects.toMatchObject({
    message: 'AWS Config did not take the evaluations of sg-2',
    retryable: true,
  });
});

it.each([
  ['ThrottlingException', true],
  ['InternalServerError', true],
  ['InvalidResultTokenException', false],
  ['NoSuchConfigRuleException', false],
  ['AccessDeniedException', false],
  // What STS says where the role of a member account may not be assumed.
  ['AccessDenied', false],
  ['RegionDisabledException', false],
])('%s is worth a retry: %s', async (name, retryable) => {
  config.on(PutEvaluationsCommand).rejects(Object.assign(new Error('no'), { name }));

  await expect(put([evaluation('sg-1')])).rejects.toMatchObject({
    name: 'EvaluationsError',
    message: `PutEvaluations failed with ${name}: no`,
    retryable,
  });
});
