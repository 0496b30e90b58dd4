import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type RuleState,
} from '@aws-sdk/client-eventbridge';
import { differencesOf, given, resourceType, unlessAbsent } from '../resource-type.js';

/** The error EventBridge answers when there is no such rule. */
const absent = 'ResourceNotFoundException';

const eventRule = resourceType({
  read: (args) => ({
    name: args.text('name'),
    description: args.optionalText('description'),
    eventPattern: args.json('event_pattern'),
    state: args.optionalText('state') ?? 'ENABLED',
  }),
  attributes: ['arn', 'id'],
  find: async (args, { clients: { eventBridge } }) => {
    const actual = await unlessAbsent(eventBridge.send(new DescribeRuleCommand({ Name: args.name })), absent);
    if (actual === undefined) return undefined;
    return {
      attributes: { arn: given(actual.Arn, 'Arn'), id: args.name },
      differences: differencesOf(args, {
        name: actual.Name,
        description: actual.Description,
        eventPattern: JSON.parse(actual.EventPattern ?? 'null') as unknown,
        state: actual.State,
      }),
    };
  },
  create: async ({ name, description, eventPattern, state }, { clients: { eventBridge } }) => {
    await eventBridge.send(
      new PutRuleCommand({
        Name: name,
        Description: description,
        EventPattern: JSON.stringify(eventPattern),
        // Whatever text names a state, EventBridge is the judge of it.
        State: state as RuleState,
      }),
    );
  },
  remove: async ({ name }, { clients: { eventBridge } }) => {
    await eventBridge.send(new DeleteRuleCommand({ Name: name }));
  },
});

const eventTarget = resourceType({
  read: (args) => ({
    rule: args.text('rule'),
    targetId: args.text('target_id'),
    arn: args.text('arn'),
    deadLetterConfig: args.optionalBlock('dead_letter_config', (block) => ({ arn: block.optionalText('arn') })),
    retryPolicy: args.optionalBlock('retry_policy', (block) => ({
      maximumEventAgeInSeconds: block.optionalNumber('maximum_event_age_in_seconds'),
      maximumRetryAttempts: block.optionalNumber('maximum_retry_attempts'),
    })),
  }),
  attributes: ['id'],
  find: async (args, { clients: { eventBridge } }) => {
    const list = new ListTargetsByRuleCommand({ Rule: args.rule });
    const { Targets = [] } = (await unlessAbsent(eventBridge.send(list), absent)) ?? {};
    const actual = Targets.find(({ Id }) => Id === args.targetId);
    if (actual === undefined) return undefined;
    return {
      attributes: { id: `${args.rule}-${args.targetId}` },
      differences: differencesOf(args, {
        rule: args.rule,
        targetId: actual.Id,
        arn: actual.Arn,
        deadLetterConfig: { arn: actual.DeadLetterConfig?.Arn },
        retryPolicy: {
          maximumEventAgeInSeconds: actual.RetryPolicy?.MaximumEventAgeInSeconds,
          maximumRetryAttempts: actual.RetryPolicy?.MaximumRetryAttempts,
        },
      }),
    };
  },
  create: async ({ rule, targetId, arn, deadLetterConfig, retryPolicy }, { clients: { eventBridge } }) => {
    const target = {
      Id: targetId,
      Arn: arn,
      DeadLetterConfig: deadLetterConfig && { Arn: deadLetterConfig.arn },
      RetryPolicy: retryPolicy && {
        MaximumEventAgeInSeconds: retryPolicy.maximumEventAgeInSeconds,
        MaximumRetryAttempts: retryPolicy.maximumRetryAttempts,
      },
    };
    const { FailedEntries: [failed] = [] } = await eventBridge.send(
      new PutTargetsCommand({ Rule: rule, Targets: [target] }),
    );
    if (failed !== undefined) throw new Error(`EventBridge refused the target: ${failed.ErrorMessage ?? ''}`);
  },
  remove: async ({ rule, targetId }, { clients: { eventBridge } }) => {
    await eventBridge.send(new RemoveTargetsCommand({ Rule: rule, Ids: [targetId] }));
  },
});

export const eventBridgeResources = {
  aws_cloudwatch_event_rule: eventRule,
  aws_cloudwatch_event_target: eventTarget,
};
