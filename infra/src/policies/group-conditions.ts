/**
 * Translates a selection of groups into IAM conditions. IAM can check a group's id, its tags and its VPC, but not its name. Source of the
 * keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html, resource type `security-group`.
 */
import { hasGroupCriteria, type GroupCriteria, type GroupSelection, type LimitedGroups } from '@portcullis/baseline';
import type { Deployment } from '../deployment.js';
import { escapeIamConditionValue, escapeTerraformText } from './escape-text.js';
import { GROUP_ID_KEY, type Condition } from './statements.js';

export function groupIdCondition(ids: readonly string[]): Condition {
  return { StringEquals: { [GROUP_ID_KEY]: ids } };
}

/**
 * Returns a condition that is met by the groups that have these tags and are in these VPCs. Without tags and VPCs, every group meets the
 * condition.
 */
export function groupCriteriaCondition({ tags, vpcs }: GroupCriteria, deployment: Deployment): Condition {
  return {
    ...(tags !== undefined && { StringEquals: Object.fromEntries(Object.entries(tags).map(resourceTagCondition)) }),
    ...(vpcs !== undefined && { ArnLike: vpcArnCondition(vpcs, deployment) }),
  };
}

/**
 * Returns conditions for the groups that a limit selects. Every selected group meets at least one condition. Any other group meets none,
 * unless it differs from the selected groups only in its name, which IAM cannot check.
 */
export function limitedGroupConditions(groups: LimitedGroups, deployment: Deployment): readonly Condition[] {
  const { ids, all = false, except = { ids: [] } } = groups;
  const named = ids.filter((id) => !except.ids.includes(id));
  const byId = all || named.length === 0 ? [] : exceptedGroupConditions({ ...except, ids: [] }, deployment, groupIdCondition(named));
  const byCriteria =
    all || hasGroupCriteria(groups)
      ? exceptedGroupConditions(except, deployment, all ? {} : groupCriteriaCondition(groups, deployment))
      : [];
  return [...byId, ...byCriteria];
}

/**
 * Returns variants of the condition that the excepted groups do not meet. A group that lacks one of several tags is not excepted, so there
 * is one variant for each tag. A negated IAM operator is also true if the group does not have the tag. Sources:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
function exceptedGroupConditions(
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
    ...Object.entries(tags).map((tag) => isNot(Object.fromEntries([resourceTagCondition(tag)]))),
    ...(vpcs === undefined ? [] : [{ ...isNot({}), ArnNotLike: vpcArnCondition(vpcs, deployment) }]),
  ];
  // IAM cannot check names, so only the function can except the groups with these names.
  return names !== undefined || byCriteria.length === 0 ? [isNot({})] : byCriteria;
}

function resourceTagCondition([key, value]: readonly [string, string]): readonly [string, string] {
  return [escapeTerraformText(`aws:ResourceTag/${key}`), escapeTerraformText(escapeIamConditionValue(value))];
}

/** The ARN of a shared VPC contains the account that owns the VPC, not the account of our groups. */
function vpcArnCondition(vpcs: readonly string[], { partition, region }: Deployment): Condition[string] {
  return { 'ec2:Vpc': vpcs.map((id) => `arn:${partition}:ec2:${region}:*:vpc/${id}`) };
}
