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
  if (!/^arn:[^:]+:lambda:/.test(target.Arn ?? ''))
    return { undeliverable: `target \`${target.Arn ?? ''}\` is not a function` };
  if (target.Input ?? target.InputPath ?? target.InputTransformer)
    return { undeliverable: 'the target transforms its input, which the sandbox does not do' };
  return {};
};

/** An enabled rule on the default bus. */
export interface EnabledRule {
  readonly name: string;
  readonly arn: string;
  readonly pattern: JsonObject;
  readonly targets: readonly Target[];
}

export const enabledRules = async (eventBridge: EventBridgeClient): Promise<readonly EnabledRule[]> => {
  const { Rules: rules = [] } = await eventBridge.send(new ListRulesCommand({ EventBusName: 'default' }));
  const enabled: EnabledRule[] = [];
  for (const { Name: name = '', Arn: arn = '', State: state, EventPattern: text } of rules) {
    const pattern = parseObject(text ?? '');
    if (!deliveringStates.includes(state) || pattern === undefined) continue;
    const { Targets: targets = [] } = await eventBridge.send(
      new ListTargetsByRuleCommand({ Rule: name, EventBusName: 'default' }),
    );
    enabled.push({ name, arn, pattern, targets });
  }
  return enabled;
};

/** The targets of the rules whose pattern the event matches. */
export const matchedTargets = (rules: readonly EnabledRule[], event: JsonObject): readonly MatchedTarget[] =>
  rules
    .filter(({ pattern }) => matchesEventPattern(pattern, event))
    .flatMap(({ name, arn, targets }) =>
      targets.map((target) => ({
        ruleName: name,
        ruleArn: arn,
        targetArn: target.Arn ?? '',
        ...undeliverable(target),
      })),
    );

/**
 * Reports whether a trail records management events in this region and its logging is on: without one CloudTrail sends
 * EventBridge nothing.
 */
export const isTrailLogging = async (cloudTrail: CloudTrailClient): Promise<boolean> => {
  const { trailList: trails = [] } = await cloudTrail.send(new DescribeTrailsCommand({}));
  for (const { Name: name } of trails) {
    const { IsLogging: logging } = await cloudTrail.send(new GetTrailStatusCommand({ Name: name }));
    if (logging === true) return true;
  }
  return false;
};
