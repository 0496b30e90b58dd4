import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import { lazyLambdaRemediator } from './lazy-lambda-remediator.js';

const lambda = mockClient(LambdaClient);
beforeEach(() => lambda.reset());

const request: RestorationRequest = {
  portcullis: 'restore',
  version: 1,
  group: { id: 'sg-1', name: 'büro', vpcId: null },
  cause: { eventId: 'event-1', eventName: 'Call', eventTime: '2026-11-23T10:00:00Z', accountId: '111122223333', region: 'eu-west-1' },
};

it('`lazyLambdaRemediator` sends the request to the function of the remediator without waiting for the restoration', async () => {
  lambda.on(InvokeCommand).resolves({ StatusCode: 202 });

  await lazyLambdaRemediator('remediator')(request);

  const { Payload, ...input } = lambda.commandCalls(InvokeCommand)[0]?.args[0].input ?? {};
  expect(input).toEqual({ FunctionName: 'remediator', InvocationType: 'Event' });
  expect(JSON.parse(Buffer.from(Payload as Uint8Array).toString('utf8'))).toEqual(request);
});

it('a request to the remediator fails with the error that Lambda returns', async () => {
  lambda.on(InvokeCommand).rejects(new Error('Rate Exceeded.'));

  await expect(lazyLambdaRemediator('remediator')(request)).rejects.toThrow('Rate Exceeded.');
});
