import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { functionNameInArn } from './deployed-function.js';
import { cloudTrailRecord, eventBridgeEvent } from './cloudtrail.js';
import type { Courier } from './courier.js';
import type { DeploymentMemo } from './deployment-memo.js';
import { enabledRules, isTrailLogging, matchedTargets, type MatchedTarget } from './event-rules.js';
import type { GroupChange } from './group-change.js';
import type { Identities } from './identities.js';
import type { JsonObject } from './json.js';
import { mayInvoke } from './lambda-permissions.js';
import type { Place } from './mends/rule-responses.js';

export interface CloudTrailDeliveryOptions {
  readonly courier: Courier;
  readonly identities: Identities;
  readonly place: Place;
  /** Straight to moto, past the proxy. */
  readonly cloudTrail: CloudTrailClient;
  readonly eventBridge: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly memo: DeploymentMemo;
  readonly onRecord: (record: JsonObject) => void;
  readonly onNotDelivered: (reason: string) => void;
}

/**
 * Writes the CloudTrail record of each call and sends it, by way of the deployed EventBridge rules, to their functions.
 */
export const createCloudTrailDelivery = (
  options: CloudTrailDeliveryOptions,
): ((change: GroupChange, cause: number | undefined) => void) => {
  const { courier, identities, place, lambda, memo, onNotDelivered } = options;

  const sendTo = async (target: MatchedTarget, event: JsonObject, cause: number | undefined): Promise<void> => {
    const { ruleName, ruleArn, undeliverable } = target;
    const functionName = functionNameInArn(target.targetArn);
    const invoker = { service: 'events.amazonaws.com', sourceArn: ruleArn, sourceAccount: place.accountId };
    if (undeliverable !== undefined) onNotDelivered(`EventBridge rule \`${ruleName}\`: ${undeliverable}`);
    else if (await memo.of(`${ruleArn} may invoke ${functionName}`, () => mayInvoke(lambda, functionName, invoker))) {
      await courier.deliver({ kind: 'cloudtrail', functionName, ruleName, event, cause });
    } else {
      const why = 'no permission for events.amazonaws.com';
      onNotDelivered(`EventBridge rule \`${ruleName}\` may not invoke \`${functionName}\`: ${why}`);
    }
  };

  const report = async (change: GroupChange, cause: number | undefined): Promise<void> => {
    const record = cloudTrailRecord(change, await identities.identify(change.request.accessKeyId), place);
    if (record === undefined) return;
    options.onRecord(record);
    if (!(await memo.of('trail', () => isTrailLogging(options.cloudTrail)))) {
      onNotDelivered(
        `CloudTrail sends EventBridge nothing of ${change.request.operation}: no trail has its logging on`,
      );
      return;
    }
    const event = eventBridgeEvent(record, place);
    const targets = matchedTargets(await memo.of('event rules', () => enabledRules(options.eventBridge)), event);
    await Promise.all(targets.map((target) => sendTo(target, event, cause)));
  };

  return (change, cause) => {
    courier.plan('cloudtrail', () => report(change, cause));
  };
};
