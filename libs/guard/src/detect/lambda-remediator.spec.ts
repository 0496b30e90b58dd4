import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { RestorationRequest } from '../runtime/restoration-request.js';
import { mockClient } from 'aws-sdk-client-mock';
import { lambdaRemediator } from './lambda-remediator.js';

const client = new LambdaClient({ region: 'eu-west-1' });
const lambda = mockClient(client);
beforeEach(() => lambda.reset());

const request: RestorationRequest = {
  portcullis: 'restore',
  version: 1,
  group: { id: 'sg-1', name: 'büro', vpcId: null },
  cause: {
    eventId: 'event-1',
    eventName: 'AuthorizeSecurityGroupIngress',
    eventTime: '2026-11-23T10:00:00Z',
    accountId: '111122223333',
    region: 'eu-west-1',
  },
};

it('hands the request to the function and waits for it to be taken, not for what comes of it', async () => {
  lambda.on(InvokeCommand).resolves({ StatusCode: 202 });

  await lambdaRemediator(client, 'arn:aws:lambda:eu-west-1:111122223333:function:remediator').restore(request);

  const [call] = lambda.commandCalls(InvokeCommand);
  const { FunctionName, InvocationType, Payload } = call?.args[0].input ?? {};
  expect({ FunctionName, InvocationType }).toEqual({
    FunctionName: 'arn:aws:lambda:eu-west-1:111122223333:function:remediator',
    InvocationType: 'Event',
  });
  expect(JSON.parse(Buffer.from(Payload as Uint8Array).toString('utf8'))).toEqual(request);
});

it('fails with what Lambda says', async () => {
  lambda.on(InvokeCommand).rejects(new Error('Rate Exceeded.'));

  await expect(lambdaRemediator(client, 'remediator').restore(request)).rejects.toThrow('Rate Exceeded.');
});
