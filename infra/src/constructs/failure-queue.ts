import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import type { Construct } from 'constructs';

const fourteenDays = 14 * 24 * 60 * 60;

/** Keeps what could not be processed for as long as SQS can, encrypted with SQS's own keys: somebody has to look at it. */
export const failureQueue = (scope: Construct, id: string, name: string): SqsQueue =>
  new SqsQueue(scope, id, { name, messageRetentionSeconds: fourteenDays, sqsManagedSseEnabled: true });
