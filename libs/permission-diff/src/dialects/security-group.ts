/** Reads EC2's `DescribeSecurityGroups`, and whatever else has the shape of its items. */
import { GROUP_ID, isGroupId } from '../ids.js';
import { isFields, readResult, refuseInto, type PermissionProblem, type ReadResult } from '../problem.js';
import { ruleKey } from '../rule.js';
import { readPermissions, type RecordedRule } from './document-rules.js';
import { atLikeOthers, textOf, type Located } from './located.js';

/** What one security group lets in and out. */
export interface SecurityGroupRules {
  readonly groupId: string;
  /** In the order of the document, ingress first; of equal ones the first. Their ids are not told. */
  readonly rules: readonly RecordedRule[];
}

/**
 * Returns the rules of one item of `DescribeSecurityGroups`, or every problem. A group source that names no account is of the account that
 * owns the group. Descriptions are taken as EC2 returned them. `path` begins the paths of problems. Never throws.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html
 */
export function readSecurityGroup(group: unknown, path = 'group'): ReadResult<SecurityGroupRules> {
  return readLocatedGroup({ value: group, path });
}

/** `readSecurityGroup` for a group within a document, in camelCase or PascalCase. */
export function readLocatedGroup(group: Located): ReadResult<SecurityGroupRules> {
  const problems: PermissionProblem[] = [];
  let { path } = group;
  const refuse = refuseInto(problems, () => path);
  if (!isFields(group.value)) {
    refuse('wrong-type', '', group.value, 'a security group: an object');
    return { ok: false, problems };
  }
  const id = atLikeOthers(group, 'GroupId');
  const groupId = textOf(id) ?? '';
  path = id.path;
  if (!isGroupId(groupId)) refuse('not-an-id', '', id.value, GROUP_ID);
  const accountId = textOf(atLikeOthers(group, 'OwnerId'));
  const rules = new Map<string, RecordedRule>();
  for (const direction of ['ingress', 'egress'] as const) {
    const list = atLikeOthers(group, direction === 'ingress' ? 'IpPermissions' : 'IpPermissionsEgress');
    path = list.path;
    // Left out is not empty: it may be that somebody lost it.
    if (!Array.isArray(list.value)) refuse('wrong-type', '', list.value, 'a list of permissions, if only an empty one');
    const read = readPermissions(list, { direction, ...(accountId === null ? {} : { accountId }) });
    // Not all at once: there may be more than a call takes arguments.
    for (const problem of read.problems) problems.push(problem);
    // AWS Config names blocks twice, and with descriptions the first time.
    for (const rule of read.rules) if (!rules.has(ruleKey(rule))) rules.set(ruleKey(rule), rule);
  }
  return readResult({ groupId, rules: [...rules.values()] }, problems);
}
