/** The EventBridge rules for calls on guarded groups, and for calls on Portcullis itself. */
import { guardedGroupIds, hasGroupCriteria, limitsEveryGroup, baselineDependsOnTags, type CompiledBaseline } from '@portcullis/baseline';
import { anyCallPattern, eventPattern, guardCallPattern, type GuardService } from '@portcullis/cloudtrail';
import type { Deployment } from '../deployment.js';
import { eventBridgeRuleName, type Watch } from './cloudtrail-trigger.js';

const GROUP_CALLS = 'security-group-calls';
const GUARD_CALLS = 'guard-calls';
const RULE_CALLS = 'guard-rule-calls';
const FUNCTION_CALLS = 'guard-function-calls';
const RESOURCE_CALLS = 'guard-resource-calls';

/**
 * The AWS services that Portcullis depends on, and the services whose resources Portcullis creates even in an account without functions.
 */
const DEPENDENCIES: readonly GuardService[] = ['config', 'cloudtrail'];
const RESOURCES: readonly GuardService[] = ['iam', 's3', 'sqs', 'monitoring'];

/**
 * Returns the ids of the guarded groups. Returns `any` if a baseline or limit selects groups by criteria, or if a limit covers all groups.
 */
export function configRuleGroupIds(baseline: CompiledBaseline): readonly string[] | 'any' {
  return watchesUnlistedGroups(baseline) ? 'any' : guardedGroupIds(baseline);
}

export function groupCallWatch(baseline: CompiledBaseline): Watch {
  const options = { byIdOnly: !watchesUnlistedGroups(baseline), tagsMatter: baselineDependsOnTags(baseline) };
  return {
    name: GROUP_CALLS,
    description: 'API calls that could change a guarded security group',
    pattern: eventPattern(guardedGroupIds(baseline), options),
  };
}

/**
 * Returns whether a group that no baseline or limit lists by id can be guarded. Criteria in an `except` do not count, because they only
 * exclude groups.
 */
function watchesUnlistedGroups(baseline: CompiledBaseline): boolean {
  const { baselines, limits = [] } = baseline;
  return [...baselines, ...limits].some(({ groups }) => hasGroupCriteria(groups)) || limitsEveryGroup(baseline);
}

/** Which optional parts a deployment has. */
export interface FurtherParts {
  /** Whether a StackSet deploys members. */
  readonly hasStackSet: boolean;
  /** Whether a baseline in mode `approve` exists, so that there are schedules. */
  readonly isApproving: boolean;
}

/** Returns the rules for calls on Portcullis itself. Several rules are needed, because a rule's pattern has a maximum length. */
export function guardWatches(deployment: Deployment, { isApproving, hasStackSet }: FurtherParts): Readonly<Record<string, Watch>> {
  return {
    ...memberGuardWatches(deployment, { hasStackSet }, [FUNCTION_CALLS]),
    'guard-function': {
      name: FUNCTION_CALLS,
      description: `API calls that stop or change the functions of Portcullis, ${isApproving ? 'their schedules, logs and key' : 'their logs and their key'}`,
      pattern: guardCallPattern(deployment, { services: ['lambda', 'logs', 'kms', ...(isApproving ? (['scheduler'] as const) : [])] }),
    },
  };
}

/** Returns the rules for calls on Portcullis in a member account, where no function runs. */
export function memberGuardWatches(
  deployment: Deployment,
  { hasStackSet }: Pick<FurtherParts, 'hasStackSet'>,
  moreRules: readonly string[] = [],
): Readonly<Record<string, Watch>> {
  const ruleNames = (names: readonly string[]): readonly string[] => names.map((name) => eventBridgeRuleName(deployment, { name }));
  return {
    // A disabled rule reports nothing. So these two rules watch each other, and the second rule also watches all other rules.
    guard: {
      name: GUARD_CALLS,
      description: `API calls that stop or change AWS Config, CloudTrail${hasStackSet ? ', the StackSet' : ''} or the rule ${RULE_CALLS}`,
      pattern: guardCallPattern(deployment, { services: watchedDependencies({ hasStackSet }), ruleNames: ruleNames([RULE_CALLS]) }),
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

function watchedDependencies({ hasStackSet }: Pick<FurtherParts, 'hasStackSet'>): readonly GuardService[] {
  return hasStackSet ? [...DEPENDENCIES, 'cloudformation'] : DEPENDENCIES;
}

/**
 * Returns the rule on the central account's bus. The rule matches the calls that the rules of {@link memberGuardWatches} send to this bus.
 * A rule on the default bus has the same name. Patterns match rules by name, so a call that disables either of the two rules is reported.
 */
export function forwardedGuardWatch(parts: Pick<FurtherParts, 'hasStackSet'>): Watch {
  return {
    name: GUARD_CALLS,
    description: 'API calls in member accounts that stop or change Portcullis there, or a service it depends on',
    pattern: anyCallPattern([...watchedDependencies(parts), 'events', ...RESOURCES]),
  };
}
