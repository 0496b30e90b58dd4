/** The API calls that are watched: those on guarded groups, and those on the guard itself. */
import { guardedGroupIds, selectsByCriteria, tagsMatter, type CompiledBaseline } from '@portcullis/baseline';
import { anyCallPattern, eventPattern, guardCallPattern, type GuardService } from '@portcullis/cloudtrail';
import { ruleName, type Watch } from './constructs/cloudtrail-trigger.js';
import type { Deployment } from './deployment.js';

const GROUP_CALLS = 'security-group-calls';
const GUARD_CALLS = 'guard-calls';
const RULE_CALLS = 'guard-rule-calls';
const FUNCTION_CALLS = 'guard-function-calls';
const RESOURCE_CALLS = 'guard-resource-calls';

/** The services of what the guard lives on and is made of, in an account where nothing runs. */
const LIVES_ON: readonly GuardService[] = ['config', 'cloudtrail'];
const RESOURCES: readonly GuardService[] = ['iam', 's3', 'sqs', 'monitoring'];

/** The groups that are named by id, where that is how all are selected. */
export const namedGroups = (baseline: CompiledBaseline): readonly string[] | 'any' =>
  selectsByCriteria(baseline) ? 'any' : guardedGroupIds(baseline);

export const groupCalls = (baseline: CompiledBaseline): Watch => ({
  name: GROUP_CALLS,
  description: 'API calls that could change a guarded security group',
  pattern: eventPattern(guardedGroupIds(baseline), {
    byIdOnly: !selectsByCriteria(baseline),
    tagsMatter: tagsMatter(baseline),
  }),
});

type GuardWatches<Key extends string> = Readonly<Record<Key, Watch>>;

/** The rules that report calls on the guard itself. Each pattern must fit EventBridge, so there is one for a few services. */
export const guardWatches = (deployment: Deployment): GuardWatches<'guard' | 'guard-rule' | 'guard-function' | 'guard-resource'> => ({
  ...memberGuardWatches(deployment, [FUNCTION_CALLS]),
  'guard-function': {
    name: FUNCTION_CALLS,
    description: 'API calls that stop or change the functions of Portcullis, their logs and their key',
    pattern: guardCallPattern(deployment, { services: ['lambda', 'logs', 'kms'] }),
  },
});

/** The same for a member account, where nothing runs: what the guard lives on there, and what lets it in. */
export const memberGuardWatches = (
  deployment: Deployment,
  moreRules: readonly string[] = [],
): GuardWatches<'guard' | 'guard-rule' | 'guard-resource'> => {
  const ruleNames = (names: readonly string[]): readonly string[] => names.map((name) => ruleName(deployment, { name }));
  return {
    // A rule that is disabled reports nothing: these two watch each other, and one of them all the rest.
    guard: {
      name: GUARD_CALLS,
      description: `API calls that stop or change AWS Config, CloudTrail or the rule ${RULE_CALLS}`,
      pattern: guardCallPattern(deployment, { services: LIVES_ON, ruleNames: ruleNames([RULE_CALLS]) }),
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
};

/**
 * What the rules of {@link memberGuardWatches} forward, once it is on the bus of the central account. It is called as the rule on the default bus, so that
 * who disables it is reported by the same rule: a call on a rule is known by the rule's name.
 */
export const forwardedGuardWatch: Watch = {
  name: GUARD_CALLS,
  description: 'API calls in member accounts that stop or change what Portcullis lives on there',
  pattern: anyCallPattern([...LIVES_ON, 'events', ...RESOURCES]),
};
