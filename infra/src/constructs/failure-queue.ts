import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.js';

const fourteenDays = 14 * 24 * 60 * 60;

/** Keeps what could not be processed for as long as SQS can, encrypted: somebody has to look at it. */
export const failureQueue = (scope: Construct, id: string, name: string, { kmsKeyArn }: Deployment): SqsQueue =>
  new SqsQueue(scope, id, {
    name,
    messageRetentionSeconds: fourteenDays,
    ...(kmsKeyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: kmsKeyArn }),
  });
