import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ConfigServiceClient } from '@aws-sdk/client-config-service';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Call } from './call.js';
import type { Delivery } from './delivery.js';
import type { Credentials } from './identities.js';

export type { Call } from './call.js';
export type { Attempt, Delivery, DeliveryKind, FunctionError } from './delivery.js';
export type { CallerName, Credentials } from './identities.js';

/** An evaluation that AWS Config would have kept. */
export interface KeptEvaluation {
  readonly ruleName: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly compliance: 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';
  readonly annotation?: string;
  readonly orderingTimestamp: Date;
  readonly recordedTime: Date;
  /** The delivery that this evaluation answers. */
  readonly deliveryId: number;
}

/** What happens in the sandbox, for a narrator. */
export type SandboxEvent =
  | { readonly type: 'call'; readonly call: Call }
  | { readonly type: 'cloudtrail-record'; readonly record: Readonly<Record<string, unknown>> }
  | { readonly type: 'config-item'; readonly groupId: string; readonly item: Readonly<Record<string, unknown>> }
  | { readonly type: 'delivery-started'; readonly delivery: Delivery }
  | { readonly type: 'delivery-finished'; readonly delivery: Delivery }
  | { readonly type: 'evaluation'; readonly evaluation: KeptEvaluation }
  | { readonly type: 'not-delivered'; readonly reason: string };

export interface SandboxOptions {
  /** @default eu-west-1 */
  readonly region?: string;
  /** Told what the sandbox itself does (start of moto, a virtual environment made); nothing by default. */
  readonly log?: (line: string) => void;
  /**
   * Which of the two deliveries of one change comes first. On AWS CloudTrail events take seconds and Config items minutes.
   * @default cloudtrail-first
   */
  readonly order?: 'cloudtrail-first' | 'config-first' | 'together';
  /** Milliseconds before the second and third try of a failed function (on AWS one and two minutes). @default no wait */
  readonly retryDelay?: (attempt: number) => number;
}

/** AWS on this machine: moto, and in front of it what moto lacks. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`, for every service. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Environment variables which point the AWS CLI, the SDKs and Terraform's provider at the sandbox; as `administrator` unless told otherwise. */
  environment(credentials?: Credentials): Readonly<Record<string, string>>;
  /** The keys of an IAM user of that name; the same keys each time it is asked. */
  person(name: string): Credentials;

  ec2(credentials?: Credentials): EC2Client;
  config(credentials?: Credentials): ConfigServiceClient;
  cloudTrail(credentials?: Credentials): CloudTrailClient;
  eventBridge(credentials?: Credentials): EventBridgeClient;
  iam(credentials?: Credentials): IAMClient;
  lambda(credentials?: Credentials): LambdaClient;
  logs(credentials?: Credentials): CloudWatchLogsClient;
  s3(credentials?: Credentials): S3Client;
  sqs(credentials?: Credentials): SQSClient;
  sts(credentials?: Credentials): STSClient;

  /** Every API call that passed, in order of arrival; finished ones only. */
  readonly calls: readonly Call[];
  readonly deliveries: readonly Delivery[];
  /** Every evaluation given to AWS Config, in order. */
  readonly evaluations: readonly KeptEvaluation[];
  /** Returns the function which ends the subscription. */
  onEvent(listener: (event: SandboxEvent) => void): () => void;

  /** Delivers the same event once more, as AWS may. Resolves to the new delivery, finished. */
  redeliver(delivery: Delivery): Promise<Delivery>;
  /** Sends a ScheduledNotification to every deployed custom rule which has that trigger (or to one rule, by name, in any case). */
  deliverSchedule(ruleName?: string): Promise<readonly Delivery[]>;
  /**
   * Resolves when every delivery and everything it caused is done.
   * Rejects when functions keep causing deliveries for each other (more than 25 in a row): an endless loop.
   */
  settle(): Promise<void>;
  /** Ends moto, the functions and the servers; resolves when nothing is left running. */
  stop(): Promise<void>;
}

/** Starts a sandbox. Takes about two seconds: moto is a Python program. */
export const startSandbox = (options: SandboxOptions = {}): Promise<Sandbox> => Promise.reject(new Error(`not written yet: ${JSON.stringify(options)}`));
