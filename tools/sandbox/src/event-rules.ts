import { DescribeTrailsCommand, GetTrailStatusCommand, type CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import {
  ListRulesCommand,
  ListTargetsByRuleCommand,
  type EventBridgeClient,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { matchesEventPattern } from './event-pattern-matcher.js';
import { parseObject, type JsonObject } from './json.js';

/** A deployed EventBridge rule that an event matched, with one of its targets. */
export interface MatchedTarget {
  readonly ruleName: string;
  readonly ruleArn: string;
  readonly targetArn: string;
  /** Why the sandbox cannot deliver to this target, if so. */
  readonly undeliverable?: string;
}

// `ENABLED` delivers what writes; the longer state adds what only reads.
const deliveringStates: readonly (string | undefined)[] = ['ENABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'];

const undeliverable = (target: Target): { undeliverable?: string } => {
  if (target.Arn?.startsWith('arn:aws:lambda:') !== true)
    return { undeliverable: `target \`${target.Arn ?? ''}\` is not a function` };
  if (target.Input ?? target.InputPath ?? target.InputTransformer)
    return { undeliverable: 'the target transforms its input, which the sandbox does not do' };
  return {};
};

/** The targets of the enabled rules on the default bus whose pattern the event matches. */
export const matchedTargets = async (
  eventBridge: EventBridgeClient,
  event: JsonObject,
): Promise<readonly MatchedTarget[]> => {
  const { Rules: rules = [] } = await eventBridge.send(new ListRulesCommand({ EventBusName: 'default' }));
  const matching = rules.filter(({ State, EventPattern }) => {
    const pattern = parseObject(EventPattern ?? '');
    return deliveringStates.includes(State) && pattern !== undefined && matchesEventPattern(pattern, event);
  });
  const found: MatchedTarget[] = [];
  for (const rule of matching) {
    const { Targets: targets = [] } = await eventBridge.send(
      new ListTargetsByRuleCommand({ Rule: rule.Name, EventBusName: 'default' }),
    );
    for (const target of targets) {
      found.push({
        ruleName: rule.Name ?? '',
        ruleArn: rule.Arn ?? '',
        targetArn: target.Arn ?? '',
        ...undeliverable(target),
      });
    }
  }
  return found;
};

/** Reports whether a trail records management events in this region and its logging is on: without one CloudTrail sends EventBridge nothing. */
export const isTrailLogging = async (cloudTrail: CloudTrailClient): Promise<boolean> => {
  const { trailList: trails = [] } = await cloudTrail.send(new DescribeTrailsCommand({}));
  for (const { Name: name } of trails) {
    const { IsLogging: logging } = await cloudTrail.send(new GetTrailStatusCommand({ Name: name }));
    if (logging === true) return true;
  }
  return false;
};
