/** Reads EC2's `DescribeSecurityGroups`. */
import { GROUP_ID, isGroupId } from '../ids.js';
import { isFields, readResult, refuseInto, unlessText, type PermissionProblem, type ReadResult } from '../problem.js';
import { readRules } from '../read-rules.js';
import type { Rule } from '../rule.js';

/** What one security group lets in and out. */
export interface SecurityGroupRules<R extends Rule = Rule> {
  readonly groupId: string;
  /** In the order of the document, ingress first. */
  readonly rules: readonly R[];
}

/**
 * Returns the rules of one item of `DescribeSecurityGroups`, or every problem. A group source that names no account is of the account that
 * owns the group. Descriptions are taken as EC2 returned them. `path` begins the paths of problems. Never throws.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html
 */
export function readSecurityGroup(group: unknown, path = 'group'): ReadResult<SecurityGroupRules> {
  const problems: PermissionProblem[] = [];
  const refuse = refuseInto(problems, () => path);
  if (!isFields(group)) {
    refuse('wrong-type', '', group, 'a security group: an object with `GroupId` and `IpPermissions`');
    return { ok: false, problems };
  }
  const { GroupId: groupId, OwnerId, IpPermissions, IpPermissionsEgress } = group;
  if (typeof groupId !== 'string' || !isGroupId(groupId)) {
    refuse(unlessText(groupId, 'not-an-id'), '.GroupId', groupId, GROUP_ID);
  }
  const lists = [
    ['ingress', 'IpPermissions', IpPermissions],
    ['egress', 'IpPermissionsEgress', IpPermissionsEgress],
  ] as const;
  const rules = lists.flatMap(([direction, field, permissions]) => {
    const owner = typeof OwnerId === 'string' ? { accountId: OwnerId } : {};
    const read = readRules(permissions, { direction, path: `${path}.${field}`, descriptions: 'trusted', ...owner });
    if (!read.ok) problems.push(...read.problems);
    return read.ok ? read.value : [];
  });
  return readResult({ groupId: String(groupId), rules }, problems);
}
