/**
 * Translates a selection of groups into IAM conditions. IAM can check a group's id, tags and VPC, but not its name. Source of the condition
 * keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html, resource type `security-group`.
 */
import { hasGroupCriteria, type GroupCriteria, type GroupSelection, type LimitedGroups } from '@portcullis/baseline';
import type { Deployment } from '../constructs/deployment.js';
import { escapeIamConditionValue, escapeTerraformText } from './escape-text.js';
import { GROUP_ID_KEY, type Condition } from './statements.js';

export function iamGroupIdCondition(ids: readonly string[]): Condition {
  return { StringEquals: { [GROUP_ID_KEY]: ids } };
}

/**
 * Returns a condition that only groups with these tags in these VPCs meet. Without tags and VPCs, every group meets the condition.
 */
export function iamGroupCriteriaCondition({ tags, vpcs }: GroupCriteria, deployment: Deployment): Condition {
  return {
    ...(tags !== undefined && { StringEquals: Object.fromEntries(Object.entries(tags).map(iamTagCondition)) }),
    ...(vpcs !== undefined && { ArnLike: iamVpcCondition(vpcs, deployment) }),
  };
}

/**
 * Returns conditions for the groups of a limit. Each group of the limit meets at least one condition. If the limit selects or excepts
 * groups by name, groups outside the limit can also meet a condition, because IAM cannot check names.
 */
export function iamLimitedGroupConditions(groups: LimitedGroups, deployment: Deployment): readonly Condition[] {
  const { ids, all = false, except = { ids: [] } } = groups;
  const named = ids.filter((id) => !except.ids.includes(id));
  const byId = all || named.length === 0 ? [] : iamExceptedGroupConditions({ ...except, ids: [] }, deployment, iamGroupIdCondition(named));
  const byCriteria =
    all || hasGroupCriteria(groups)
      ? iamExceptedGroupConditions(except, deployment, all ? {} : iamGroupCriteriaCondition(groups, deployment))
      : [];
  return [...byId, ...byCriteria];
}

/**
 * Returns variants of the condition without the excepted groups. A group is excepted only if it meets all criteria of `except`. So there is
 * one variant for each criterion, which allows the groups that do not meet this criterion. A negated IAM operator such as `StringNotEquals`
 * is also true for a group without the tag. Sources:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
function iamExceptedGroupConditions(
  { ids, tags = {}, names, vpcs }: GroupSelection,
  deployment: Deployment,
  condition: Condition,
): Condition[] {
  const isNot = (keys: Condition[string]): Condition => ({
    ...condition,
    ...((ids.length > 0 || Object.keys(keys).length > 0) && {
      StringNotEquals: { ...(ids.length > 0 && { [GROUP_ID_KEY]: ids }), ...keys },
    }),
  });
  const byCriteria = [
    ...Object.entries(tags).map((tag) => isNot(Object.fromEntries([iamTagCondition(tag)]))),
    ...(vpcs === undefined ? [] : [{ ...isNot({}), ArnNotLike: iamVpcCondition(vpcs, deployment) }]),
  ];
  // IAM cannot check names, so the policy also allows changes of groups that are excepted by name. But the remediator's code never changes
  // an excepted group.
  return names !== undefined || byCriteria.length === 0 ? [isNot({})] : byCriteria;
}

function iamTagCondition([key, value]: readonly [string, string]): readonly [string, string] {
  return [escapeTerraformText(`aws:ResourceTag/${key}`), escapeTerraformText(escapeIamConditionValue(value))];
}

/** The ARNs contain `*` instead of the account id, because another account can own a shared VPC. */
function iamVpcCondition(vpcs: readonly string[], { partition, region }: Deployment): Condition[string] {
  return { 'ec2:Vpc': vpcs.map((id) => `arn:${partition}:ec2:${region}:*:vpc/${id}`) };
}
