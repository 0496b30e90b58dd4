import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import type { Construct } from 'constructs';
import type { Deployment } from './deployment.js';

const FOURTEEN_DAYS_IN_SECONDS = 14 * 24 * 60 * 60;

export function constructFailureQueueName(functionName: string): string {
  return `${functionName}-failures`;
}

/**
 * Creates an encrypted queue for events that failed or were not delivered. The queue keeps the events for 14 days, the maximum of SQS, so
 * that a person can inspect the events.
 */
export function createFailureQueue(scope: Construct, id: string, name: string, { kmsKeyArn }: Deployment): SqsQueue {
  return new SqsQueue(scope, id, {
    name,
    messageRetentionSeconds: FOURTEEN_DAYS_IN_SECONDS,
    ...(kmsKeyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: kmsKeyArn }),
  });
}
