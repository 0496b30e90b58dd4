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
import type { ApiRequest } from './api-request.js';
import { createCallLog } from './call-log.js';
import type { Call } from './call.js';
import { createClients, destroyClients, type Clients } from './clients.js';
import { createCloudTrailDelivery } from './cloudtrail-delivery.js';
import { configCalls } from './config-calls.js';
import { createConfigRecorder } from './config-recorder.js';
import { createCourier, type DeliveryOrder } from './courier.js';
import type { Delivery } from './delivery.js';
import { createDeploymentMemo } from './deployment-memo.js';
import { createEvaluations, type KeptEvaluation } from './evaluations.js';
import { createFunctions } from './functions.js';
import { createIdentities, type Credentials } from './identities.js';
import { motoIdentities } from './identity-source.js';
import { lambdaCalls } from './lambda-calls.js';
import { callerIdentity } from './mends/caller-identity.js';
import { complianceQueries } from './mends/compliance-queries.js';
import { forgottenOfRecorders, forgottenOfRules } from './mends/forgotten-members.js';
import { putEvaluations } from './mends/put-evaluations.js';
import { createRuleIds } from './mends/rule-ids.js';
import { trailNames } from './mends/trail-names.js';
import { startMoto } from './moto.js';
import { compose } from './pipeline.js';
import { forwardTo, startProxy } from './proxy.js';
import { securityGroupWrites } from './security-group-writes.js';
import { readGroups } from './security-groups.js';
import { createWork } from './work.js';

export type { Call } from './call.js';
export type { Attempt, Delivery, DeliveryKind, FunctionError } from './delivery.js';
export type { EvaluatedCompliance, KeptEvaluation } from './evaluations.js';
export type { CallerName, Credentials } from './identities.js';

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
  const moto = await startMoto(log);
  // Straight to moto: what the sandbox itself asks is nobody's call.
  const direct = createClients(moto.endpoint, region, {
    accessKeyId: 'AKIASANDBOXITSELF000',
    secretAccessKey: 'unused',
  });

  const listeners = new Set<(event: SandboxEvent) => void>();
  const emit = (event: SandboxEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const notDelivered = (reason: string): void => {
    emit({ type: 'not-delivered', reason });
  };

  const work = createWork();
  const memo = createDeploymentMemo();
  const rulesForgotten = forgottenOfRules();
  const ruleIds = createRuleIds();
  const identities = createIdentities(accountId, motoIdentities(moto.endpoint, region, direct.iam));
  const administrator = identities.person('administrator');
  const evaluations = createEvaluations((evaluation) => {
    emit({ type: 'evaluation', evaluation });
  });
  let endpoint = '';
  const functions = await createFunctions({
    region,
    endpoint: () => endpoint,
    credentialsFor: (functionName, roleArn) => identities.executionRole(functionName, roleArn),
  });
  const courier = createCourier({
    functions,
    work,
    order,
    retryDelay,
    lambda: direct.lambda,
    sqs: direct.sqs,
    memo,
    onStarted: (delivery) => {
      emit({ type: 'delivery-started', delivery });
    },
    onFinished: (delivery) => {
      emit({ type: 'delivery-finished', delivery });
    },
    onLoop: notDelivered,
  });
  const recorder = createConfigRecorder({
    courier,
    evaluations,
    place,
    config: direct.config,
    lambda: direct.lambda,
    memo,
    forgottenOf: (ruleName) => rulesForgotten.of(ruleName),
    readAllGroups: () => readGroups(direct.ec2, ruleIds),
    onItem: (groupId, item) => {
      emit({ type: 'config-item', groupId, item });
    },
    onNotDelivered: notDelivered,
  });

  const causeOf = async ({ accessKeyId }: ApiRequest): Promise<number | undefined> => {
    const { caller } = await identities.identify(accessKeyId);
    return caller.kind === 'function' ? functions.runningCause(caller.name) : undefined;
  };

  const reportCall = createCloudTrailDelivery({
    courier,
    identities,
    place,
    cloudTrail: direct.cloudTrail,
    eventBridge: direct.eventBridge,
    lambda: direct.lambda,
    memo,
    onRecord: (record) => {
      emit({ type: 'cloudtrail-record', record });
    },
    onNotDelivered: notDelivered,
  });

  const changes = securityGroupWrites({
    ec2: direct.ec2,
    ruleIds,
    place,
    onChange: (change, cause) => {
      reportCall(change, cause);
      recorder.changed(change, cause);
    },
    causeOf,
  });

  const callLog = createCallLog({
    identities,
    runningCause: (functionName) => functions.runningCause(functionName),
    onCall: (call) => {
      emit({ type: 'call', call });
    },
  });

  const handle = compose(
    [
      callLog.interceptor,
      callerIdentity(identities, accountId),
      ...lambdaCalls({
        functions,
        region,
        s3: direct.s3,
        invokeLater: async (functionName, event, request) => {
          const cause = await causeOf(request);
          courier.plan('invoke', async () => {
            await courier.deliver({ kind: 'invoke', functionName, ruleName: '', event, cause });
          });
        },
      }),
      ...configCalls({ recorder, evaluations, region, causeOf }),
      putEvaluations({ evaluations, causeOf }),
      ...complianceQueries({ evaluations, ruleNames: () => recorder.ruleNames() }),
      ...forgottenOfRecorders().interceptors,
      ...rulesForgotten.interceptors,
      trailNames(),
      changes,
      ruleIds.interceptor,
      memo.interceptor,
    ],
    forwardTo(moto.endpoint),
  );
  const proxy = await startProxy(handle, {
    ...(options.port !== undefined && { port: options.port }),
    onFault: (fault) => {
      work.fail(fault);
    },
  });
  endpoint = proxy.endpoint;
  // moto loads EC2 when it is first asked; better now than within the first call of a person.
  await readGroups(direct.ec2, ruleIds);

  const clients = new Map<string, Clients>();
  const clientsOf = (credentials: Credentials = administrator): Clients => {
    const made = clients.get(credentials.accessKeyId) ?? createClients(endpoint, region, credentials);
    clients.set(credentials.accessKeyId, made);
    return made;
  };

  return {
    endpoint,
    region,
    accountId,
    environment: ({ accessKeyId, secretAccessKey, sessionToken } = administrator) => ({
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    }),
    person: (name) => identities.person(name),
    ec2: (credentials) => clientsOf(credentials).ec2,
    config: (credentials) => clientsOf(credentials).config,
    cloudTrail: (credentials) => clientsOf(credentials).cloudTrail,
    eventBridge: (credentials) => clientsOf(credentials).eventBridge,
    iam: (credentials) => clientsOf(credentials).iam,
    lambda: (credentials) => clientsOf(credentials).lambda,
    logs: (credentials) => clientsOf(credentials).logs,
    s3: (credentials) => clientsOf(credentials).s3,
    sqs: (credentials) => clientsOf(credentials).sqs,
    sts: (credentials) => clientsOf(credentials).sts,
    calls: callLog.calls,
    deliveries: courier.deliveries,
    evaluations: evaluations.history,
    onEvent: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    redeliver: async ({ kind, functionName, ruleName, event }) => {
      const delivery = await courier.deliver({ kind, functionName, ruleName, event, cause: undefined });
      if (delivery === undefined) throw new Error('a delivery without a cause is never cut as a loop');
      return delivery;
    },
    deliverSchedule: (ruleName) => recorder.schedule(ruleName),
    settle: () => work.settled(),
    stop: async () => {
      for (const made of [direct, ...clients.values()]) destroyClients(made);
      await proxy.close();
      await functions.stop();
      await moto.stop();
    },
  };
};
