/** The API calls that are heard of: those on guarded groups, and those on the guard itself. The same in the central account and in its members. */
import { guardedGroupIds, selectsByCriteria, tagsMatter, type CompiledBaseline } from '@portcullis/baseline';
import { eventPattern, guardCallPattern, ruleCallPattern } from '@portcullis/cloudtrail';
import { ruleName, type Watch } from './constructs/cloudtrail-trigger.js';
import type { Deployment } from './deployment.js';

const GROUP_CALLS = 'security-group-calls';
const GUARD_CALLS = 'guard-calls';
const GUARD_RULE_CALLS = 'guard-rule-calls';

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

/** What tells of calls on the guard itself. A rule that is disabled tells nobody, so each is watched by the other. */
export const guardWatches = (deployment: Deployment): { readonly guard: Watch; readonly 'guard-rule': Watch } => {
  const guardRule = ruleName(deployment, { name: GUARD_CALLS });
  return {
    guard: {
      name: GUARD_CALLS,
      description: 'API calls that stop or change Portcullis itself',
      pattern: guardCallPattern(deployment.name, [
        ruleName(deployment, { name: GROUP_CALLS }),
        ruleName(deployment, { name: GUARD_RULE_CALLS }),
      ]),
    },
    'guard-rule': {
      name: GUARD_RULE_CALLS,
      description: `API calls on the rule ${guardRule}`,
      pattern: ruleCallPattern([guardRule]),
    },
  };
};

/** The same in a member, where nothing runs: what the guard lives on there. */
export const memberGuardWatch = (deployment: Deployment): Watch => ({
  name: GUARD_CALLS,
  description: 'API calls that stop or change what Portcullis lives on here',
  pattern: guardCallPattern(deployment.name, [ruleName(deployment, { name: GROUP_CALLS })]),
});
