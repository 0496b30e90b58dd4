/** The EventBridge rules for calls on guarded groups, and for calls on Portcullis itself. */
import { baselineGroupIds, hasGroupCriteria, limitsEveryGroup, baselineDependsOnTags, type CompiledBaseline } from '@portcullis/baseline';
import { anyCallPattern, eventPattern, guardCallPattern, type GuardService } from '@portcullis/cloudtrail';
import type { Deployment } from './deployment.js';
import { cloudtrailTriggerRuleName, type Watch } from './cloudtrail-trigger.js';

const GROUP_CALLS = 'security-group-calls';
const GUARD_CALLS = 'guard-calls';
const RULE_CALLS = 'guard-rule-calls';
const FUNCTION_CALLS = 'guard-function-calls';
const RESOURCE_CALLS = 'guard-resource-calls';

/**
 * AWS Config and CloudTrail send the events. The other services contain the resources that Portcullis creates in every account.
 */
const DEPENDENCIES: readonly GuardService[] = ['config', 'cloudtrail'];
const RESOURCES: readonly GuardService[] = ['iam', 's3', 'sqs', 'monitoring'];

/** Returns the ids of the guarded groups, or `any` if a baseline or limit does not list its groups by id. */
export function configTriggerGroupIds(baseline: CompiledBaseline): readonly string[] | 'any' {
  return unlistedGroupsTrigger(baseline) ? 'any' : baselineGroupIds(baseline);
}

export function groupTriggerWatch(baseline: CompiledBaseline): Watch {
  const options = { byIdOnly: !unlistedGroupsTrigger(baseline), tagsMatter: baselineDependsOnTags(baseline) };
  return {
    name: GROUP_CALLS,
    description: 'API calls that could change a guarded security group',
    pattern: eventPattern(baselineGroupIds(baseline), options),
  };
}

/**
 * Returns whether a baseline or limit selects groups without listing their ids. The criteria of an `except` do not matter, because an
 * `except` selects no group.
 */
function unlistedGroupsTrigger(baseline: CompiledBaseline): boolean {
  const { baselines, limits = [] } = baseline;
  return [...baselines, ...limits].some(({ groups }) => hasGroupCriteria(groups)) || limitsEveryGroup(baseline);
}

/** Says which optional resources a deployment has. Each of these resources needs EventBridge rules. */
export interface FurtherParts {
  /** Whether a StackSet deploys to member accounts. */
  readonly hasStackSet: boolean;
  /** Whether a baseline has the mode `approve`, which needs schedules. */
  readonly isApproving: boolean;
}

/** Returns the rules for calls on Portcullis itself. A single rule for all calls would exceed the maximum length of an event pattern. */
export function guardTriggerWatches(deployment: Deployment, { isApproving, hasStackSet }: FurtherParts): Readonly<Record<string, Watch>> {
  return {
    ...memberTriggerWatches(deployment, { hasStackSet }, [FUNCTION_CALLS]),
    'guard-function': {
      name: FUNCTION_CALLS,
      description: `API calls that stop or change the functions of Portcullis, ${isApproving ? 'their schedules, logs and key' : 'their logs and their key'}`,
      pattern: guardCallPattern(deployment, { services: ['lambda', 'logs', 'kms', ...(isApproving ? (['scheduler'] as const) : [])] }),
    },
  };
}

/** Returns the rules for calls on Portcullis in a member account, where no function runs. */
export function memberTriggerWatches(
  deployment: Deployment,
  { hasStackSet }: Pick<FurtherParts, 'hasStackSet'>,
  moreRules: readonly string[] = [],
): Readonly<Record<string, Watch>> {
  const ruleNames = (names: readonly string[]): readonly string[] => names.map((name) => cloudtrailTriggerRuleName(deployment, { name }));
  return {
    // A disabled rule cannot report the call that disabled it. So the rules `guard` and `guard-rule` report calls on each other, and
    // `guard-rule` also reports calls on all other rules.
    guard: {
      name: GUARD_CALLS,
      description: `API calls that stop or change AWS Config, CloudTrail${hasStackSet ? ', the StackSet' : ''} or the rule ${RULE_CALLS}`,
      pattern: guardCallPattern(deployment, { services: triggerWatchServices({ hasStackSet }), ruleNames: ruleNames([RULE_CALLS]) }),
    },
    'guard-rule': {
      name: RULE_CALLS,
      description: 'API calls that stop or change the other EventBridge rules of Portcullis, or its bus',
      pattern: guardCallPattern(deployment, {
        services: ['events'],
        ruleNames: ruleNames([GROUP_CALLS, GUARD_CALLS, RESOURCE_CALLS, ...moreRules]),
      }),
    },
    'guard-resource': {
      name: RESOURCE_CALLS,
      description: 'API calls that stop or change roles, policies, buckets, queues and alarms of Portcullis',
      pattern: guardCallPattern(deployment, { services: RESOURCES }),
    },
  };
}

function triggerWatchServices({ hasStackSet }: Pick<FurtherParts, 'hasStackSet'>): readonly GuardService[] {
  return hasStackSet ? [...DEPENDENCIES, 'cloudformation'] : DEPENDENCIES;
}

/**
 * Returns the rule on the central account's bus for the calls that {@link memberTriggerWatches} forwards. The rule has the same name as a
 * rule on the default bus, so one pattern for rule names matches calls on both rules.
 */
export function forwardedTriggerWatch(parts: Pick<FurtherParts, 'hasStackSet'>): Watch {
  return {
    name: GUARD_CALLS,
    description: 'API calls in member accounts that stop or change Portcullis, AWS Config or CloudTrail there',
    pattern: anyCallPattern([...triggerWatchServices(parts), 'events', ...RESOURCES]),
  };
}
