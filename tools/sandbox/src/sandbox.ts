import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { DescribeSecurityGroupsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Call } from './call.js';
import { createClients, createClientsOf, destroyClients, type Clients } from './clients.js';
import type { DeliveryOrder } from './courier.js';
import type { Delivery } from './delivery.js';
import type { KeptEvaluation } from './evaluations.js';
import { sendLogsTo } from './function-logs.js';
import { createFunctions } from './functions.js';
import { createIdentities, type Credentials } from './identities.js';
import { motoIdentities } from './identity-source.js';
import { createLocalAws } from './local-aws.js';
import { startMoto } from './moto.js';
import { forwardTo, startProxy } from './proxy.js';
import type { SandboxEvent } from './sandbox-event.js';
import { createWork } from './work.js';

export type { Call } from './call.js';
export type { Attempt, Delivery, DeliveryKind, FunctionError } from './delivery.js';
export type { EvaluatedCompliance, KeptEvaluation } from './evaluations.js';
export type { CallerName, Credentials } from './identities.js';
export type { SandboxEvent } from './sandbox-event.js';

export interface SandboxOptions {
  /** @default eu-west-1 */
  readonly region?: string;
  /** @default a free port */
  readonly port?: number;
  /** Told what the sandbox itself does (start of moto, a virtual environment made); nothing by default. */
  readonly log?: (line: string) => void;
  /**
   * Which of the two deliveries of one change comes first. On AWS CloudTrail events take seconds and Config items
   * minutes.
   * @default cloudtrail-first
   */
  readonly order?: DeliveryOrder;
  /**
   * Milliseconds before the second and third try of a failed function (on AWS one and two minutes).
   * @default no wait
   */
  readonly retryDelay?: (attempt: number) => number;
}

/** AWS on this machine: moto, and in front of it what moto lacks. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`, for every service. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /**
   * Environment variables which point the AWS CLI, the SDKs and Terraform's provider at the sandbox; as `administrator`
   * unless told otherwise.
   */
  environment(credentials?: Credentials): Readonly<Record<string, string>>;
  /** The keys of an IAM user of that name; the same keys each time it is asked. */
  person(name: string): Credentials;

  ec2(credentials?: Credentials): EC2Client;
  config(credentials?: Credentials): ConfigServiceClient;
  cloudTrail(credentials?: Credentials): CloudTrailClient;
  cloudWatch(credentials?: Credentials): CloudWatchClient;
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
  /**
   * Sends a ScheduledNotification to every deployed custom rule which has that trigger (or to one rule, by name, in any
   * case).
   */
  deliverSchedule(ruleName?: string): Promise<readonly Delivery[]>;
  /**
   * Resolves when every delivery and everything it caused is done.
   * Rejects when functions keep causing deliveries for each other (more than 25 in a row): an endless loop.
   */
  settle(): Promise<void>;
  /** Ends moto, the functions and the servers; resolves when nothing is left running. */
  stop(): Promise<void>;
}

/** The account whose AWS this is: the one that moto gives every key. */
const accountId = '123456789012';

/** Starts a sandbox. Takes about two seconds: moto is a Python program. */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const { region = 'eu-west-1', log = () => undefined, order = 'cloudtrail-first', retryDelay = () => 0 } = options;
  const place = { accountId, region };
  // What was started, in order; it is ended the other way round, also when a later part does not start.
  const started: (() => Promise<void> | void)[] = [];
  const end = async (): Promise<void> => {
    for (let stop = started.pop(); stop !== undefined; stop = started.pop()) await stop();
  };

  try {
    const moto = await startMoto(log);
    started.push(() => moto.stop());
    const keys = { accessKeyId: 'AKIASANDBOXITSELF000', secretAccessKey: 'unused' };
    const direct = createClients(moto.endpoint, region, keys);
    started.push(() => {
      destroyClients(direct);
    });

    const listeners = new Set<(event: SandboxEvent) => void>();
    const work = createWork();
    const identities = createIdentities({ accountId, region }, motoIdentities(moto.endpoint, region, direct.iam));
    let endpoint = '';
    const functions = await createFunctions({
      region,
      endpoint: () => endpoint,
      credentialsFor: (functionName, roleArn) => identities.executionRole(functionName, roleArn),
      sendLogs: sendLogsTo(direct.logs),
    });
    started.push(() => functions.stop());
    const aws = createLocalAws({
      place,
      moto: forwardTo(moto.endpoint),
      direct,
      identities,
      functions,
      work,
      order,
      retryDelay,
      emit: (event) => {
        for (const listener of listeners) listener(event);
      },
    });
    const proxy = await startProxy(aws.handle, {
      ...(options.port !== undefined && { port: options.port }),
      onFault: (fault) => {
        work.fail(fault);
      },
    });
    started.push(() => proxy.close());
    endpoint = proxy.endpoint;
    const clients = createClientsOf(endpoint, region);
    started.push(() => {
      clients.destroy();
    });
    const administrator = identities.person('administrator');
    const of = (credentials = administrator): Clients => clients.of(credentials);
    // moto loads EC2 when it is first asked; better now than within the first call of a person.
    await direct.ec2.send(new DescribeSecurityGroupsCommand({}));

    return {
      endpoint,
      region,
      accountId,
      environment: (credentials = administrator) => environmentFor(endpoint, region, credentials),
      person: (name) => identities.person(name),
      ec2: (credentials) => of(credentials).ec2,
      config: (credentials) => of(credentials).config,
      cloudTrail: (credentials) => of(credentials).cloudTrail,
      cloudWatch: (credentials) => of(credentials).cloudWatch,
      eventBridge: (credentials) => of(credentials).eventBridge,
      iam: (credentials) => of(credentials).iam,
      lambda: (credentials) => of(credentials).lambda,
      logs: (credentials) => of(credentials).logs,
      s3: (credentials) => of(credentials).s3,
      sqs: (credentials) => of(credentials).sqs,
      sts: (credentials) => of(credentials).sts,
      calls: aws.calls,
      deliveries: aws.courier.deliveries,
      evaluations: aws.evaluations.history,
      onEvent: (listener) => {
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
        };
      },
      redeliver: async ({ kind, functionName, ruleName, event }) => {
        const delivery = await aws.courier.deliver({ kind, functionName, ruleName, event, cause: undefined });
        if (delivery === undefined) throw new Error('a delivery without a cause is never cut as a loop');
        return delivery;
      },
      deliverSchedule: (ruleName) => aws.recorder.schedule(ruleName),
      settle: () => work.settled(),
      stop: end,
    };
  } catch (fault) {
    await end();
    throw fault;
  }
};

const environmentFor = (
  endpoint: string,
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
});
