// What Lambda does with an event that it took for later: it tries again when the function fails, and in the end sends
// an account of it to the on-failure destination
// (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
import {
  GetFunctionEventInvokeConfigCommand,
  ResourceNotFoundException,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Attempt } from './delivery.js';
import type { JsonObject } from './json.js';

export interface InvokeSettings {
  readonly maximumRetryAttempts: number;
  /** ARN */
  readonly onFailure?: string;
}

/** The function's event invoke configuration, or Lambda's own defaults. */
export const invokeSettings = async (lambda: LambdaClient, functionName: string): Promise<InvokeSettings> => {
  try {
    const answer = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: functionName }));
    const onFailure = answer.DestinationConfig?.OnFailure?.Destination;
    return { maximumRetryAttempts: answer.MaximumRetryAttempts ?? 2, ...(onFailure !== undefined && { onFailure }) };
  } catch (fault) {
    if (fault instanceof ResourceNotFoundException) return { maximumRetryAttempts: 2 };
    throw fault;
  }
};

/** The account of a failed asynchronous invocation that a destination gets. */
export const failureRecord = (functionArn: string, event: unknown, attempts: readonly Attempt[]): JsonObject => {
  const last = attempts.at(-1);
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: last?.requestId ?? '',
      functionArn: `${functionArn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: attempts.length,
    },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: last?.error ?? null,
  };
};

/**
 * Puts the account into the destination's queue. Destinations of other kinds get nothing here: the delivery names them.
 */
export const sendToDestination = async (sqs: SQSClient, destinationArn: string, record: JsonObject): Promise<void> => {
  const [, , service, , , queueName] = destinationArn.split(':');
  if (service !== 'sqs') return;
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(record) }));
};
