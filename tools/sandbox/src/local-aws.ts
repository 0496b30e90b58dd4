import type { ApiRequest } from './api-request.js';
import { createCallLog, type CallLog } from './call-log.js';
import type { Clients } from './clients.js';
import { createCloudTrailDelivery } from './cloudtrail-delivery.js';
import { configCalls } from './config-calls.js';
import { createConfigRecorder, type ConfigRecorder } from './config-recorder.js';
import { createCourier, type Courier, type DeliveryOrder } from './courier.js';
import { createDeploymentMemo } from './deployment-memo.js';
import { createEvaluations, type Evaluations } from './evaluations.js';
import { createEventHistory } from './event-history.js';
import type { Functions } from './functions.js';
import type { Identities } from './identities.js';
import { lambdaCalls } from './lambda-calls.js';
import { callerIdentity } from './mends/caller-identity.js';
import { complianceQueries } from './mends/compliance-queries.js';
import { forgottenOfRecorders, forgottenOfRules } from './mends/forgotten-members.js';
import { putEvaluations } from './mends/put-evaluations.js';
import { createRuleIds } from './mends/rule-ids.js';
import type { Place } from './mends/rule-responses.js';
import { createSourceDescriptions } from './mends/source-descriptions.js';
import { trailNames } from './mends/trail-names.js';
import { compose, type Handle } from './pipeline.js';
import type { SandboxEvent } from './sandbox-event.js';
import { securityGroupWrites } from './security-group-writes.js';
import { readGroups } from './security-groups.js';
import type { Work } from './work.js';

export interface LocalAwsOptions {
  readonly place: Place;
  /** Answers what nothing here answers: moto. */
  readonly moto: Handle;
  /** Clients of moto itself: what the sandbox asks is nobody's call. */
  readonly direct: Clients;
  readonly identities: Identities;
  readonly functions: Functions;
  readonly work: Work;
  readonly order: DeliveryOrder;
  readonly retryDelay: (attempt: number) => number;
  readonly emit: (event: SandboxEvent) => void;
}

/** AWS as a caller sees it: moto with its mends, and what AWS does of itself after a call. */
export interface LocalAws {
  readonly handle: Handle;
  readonly calls: CallLog['calls'];
  readonly courier: Courier;
  readonly recorder: ConfigRecorder;
  readonly evaluations: Evaluations;
}

/** Puts the parts of the sandbox together. */
export const createLocalAws = (options: LocalAwsOptions): LocalAws => {
  const { place, direct, identities, functions, work, order, retryDelay, emit } = options;
  const notDelivered = (reason: string): void => {
    emit({ type: 'not-delivered', reason });
  };

  const memo = createDeploymentMemo();
  const rulesForgotten = forgottenOfRules();
  const memory = { ids: createRuleIds(), descriptions: createSourceDescriptions() };
  const evaluations = createEvaluations((evaluation) => {
    emit({ type: 'evaluation', evaluation });
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
    readAllGroups: () => readGroups(direct.ec2, memory),
    onItem: (groupId, item) => {
      emit({ type: 'config-item', groupId, item });
    },
    onNotDelivered: notDelivered,
  });

  const causeOf = async ({ accessKeyId }: ApiRequest): Promise<number | undefined> => {
    const { caller } = await identities.identify(accessKeyId);
    return caller.kind === 'function' ? functions.runningCause(caller.name) : undefined;
  };

  const history = createEventHistory(place.region);
  const reportCall = createCloudTrailDelivery({
    courier,
    identities,
    place,
    cloudTrail: direct.cloudTrail,
    eventBridge: direct.eventBridge,
    lambda: direct.lambda,
    memo,
    onRecord: (record) => {
      history.add(record);
      emit({ type: 'cloudtrail-record', record });
    },
    onNotDelivered: notDelivered,
  });

  const changes = securityGroupWrites({
    ec2: direct.ec2,
    memory,
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
      callerIdentity(identities, place.accountId),
      ...lambdaCalls({
        functions,
        region: place.region,
        s3: direct.s3,
        invokeLater: async (functionName, event, request) => {
          const cause = await causeOf(request);
          courier.plan('invoke', async () => {
            await courier.deliver({ kind: 'invoke', functionName, ruleName: '', event, cause });
          });
        },
      }),
      ...configCalls({ recorder, evaluations, region: place.region, causeOf }),
      putEvaluations({ evaluations, causeOf }),
      ...complianceQueries({ evaluations, ruleNames: () => recorder.ruleNames() }),
      ...forgottenOfRecorders().interceptors,
      ...rulesForgotten.interceptors,
      trailNames(),
      history.interceptor,
      changes,
      memory.descriptions.interceptor,
      memory.ids.interceptor,
      memo.interceptor,
    ],
    options.moto,
  );

  return { handle, calls: callLog.calls, courier, recorder, evaluations };
};
