/** Reads EC2's `DescribeSecurityGroups`. */
import { EXPECTED_GROUP_ID, isPermissionGroupId } from './ids.js';
import { isObject, permissionReadResult, permissionProblemCollector, type PermissionProblem, type ReadResult } from './problem.js';
import { readRules, type ReadOptions } from './read-rules.js';
import { ruleKey, type Rule } from './rule.js';

/** The rules of one security group. */
export interface SecurityGroupRules {
  readonly groupId: string;
  /** First the ingress rules, then the egress rules, both in the order of the document. Repeated rules are left out. */
  readonly rules: readonly Rule[];
}

/**
 * Returns the rules of one item of `DescribeSecurityGroups`, or every problem. If a source group has no account, it gets the account of the
 * group's owner. Accepts any description. The path of each problem begins with `path`. Never throws.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html
 */
export function readSecurityGroup(group: unknown, path = 'group'): ReadResult<SecurityGroupRules> {
  return readPermissionListsOfGroup(group, path, ['GroupId', 'OwnerId', 'IpPermissions', 'IpPermissionsEgress'], readRules);
}

/** The field names in a document: for the group's id, its owner, its ingress permissions and its egress permissions. */
type GroupFields = readonly [id: string, owner: string, ingress: string, egress: string];

/** Reads a group from a document with these field names. Calls `readPermissions` for each list of permissions. */
export function readPermissionListsOfGroup(
  group: unknown,
  path: string,
  [idField, ownerField, ...lists]: GroupFields,
  readPermissions: (list: readonly unknown[], options: ReadOptions & { readonly path: string }) => ReadResult<readonly Rule[]>,
): ReadResult<SecurityGroupRules> {
  const problems: PermissionProblem[] = [];
  const pathOf = (field: string): string => (path === '' || field === '' ? path + field : `${path}.${field}`);
  const refuse = permissionProblemCollector(problems, pathOf);
  if (!isObject(group)) {
    refuse('wrong-type', '', group, 'a security group: an object');
    return { ok: false, problems };
  }
  const { [idField]: groupId, [ownerField]: accountId } = group;
  if (typeof groupId !== 'string' || !isPermissionGroupId(groupId)) refuse('not-an-id', idField, groupId, EXPECTED_GROUP_ID);
  const rules = new Map<string, Rule>();
  lists.forEach((field, isEgress) => {
    const list = group[field];
    // An absent list is a problem, because the document may lack the list by mistake.
    if (!Array.isArray(list)) {
      refuse('wrong-type', field, list, 'a list of permissions, which may be empty');
      return;
    }
    const read = readPermissions(list, {
      direction: isEgress === 1 ? 'egress' : 'ingress',
      path: pathOf(field),
      descriptions: 'trusted',
      ...(typeof accountId === 'string' ? { accountId } : {}),
    });
    // Pushes each problem separately, because JavaScript limits the number of arguments of a call.
    if (!read.ok) for (const problem of read.problems) problems.push(problem);
    // AWS Config lists each block twice. The first list has descriptions, so the first of equal rules is kept.
    else for (const rule of read.value) if (!rules.has(ruleKey(rule))) rules.set(ruleKey(rule), rule);
  });
  return permissionReadResult({ groupId: typeof groupId === 'string' ? groupId : '', rules: [...rules.values()] }, problems);
}
