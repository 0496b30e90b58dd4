/** Reads and writes items of EC2's `DescribeSecurityGroupRules`. Each item is one rule with its id. */
import { isObject, permissionReadResult, permissionProblemCollector, type PermissionProblem, type ReadResult } from './problem.js';
import { readPermissionRule, type RuleFields } from './read-rule.js';
import type { Rule } from './rule.js';
import { permissionPortsOfTraffic, protocolOfTraffic } from './traffic.js';

export interface RecordedRule extends Rule {
  /** `sgr-…`, or `null` if the document has no id. */
  readonly ruleId: string | null;
}

/**
 * Reads a list of items, and returns the rules with their ids, or every problem. The path of each problem begins with `path`. Accepts any
 * description. Never throws.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
 */
export function readSecurityGroupRules(items: unknown, path = 'rules'): ReadResult<readonly RecordedRule[]> {
  const rules: RecordedRule[] = [];
  const problems: PermissionProblem[] = [];
  if (Array.isArray(items)) {
    // Loops by index to visit the holes of a sparse array, too.
    for (let i = 0; i < items.length; i++) {
      const read = readSecurityGroupRule(items[i], `${path}[${i}]`);
      if (read.ok) rules.push(read.value);
      else problems.push(...read.problems);
    }
  } else {
    permissionProblemCollector(problems, () => path)('wrong-type', '', items, 'a list of rules');
  }
  return permissionReadResult(rules, problems);
}

/** The same as `readSecurityGroupRules`, but for one item. */
export function readSecurityGroupRule(item: unknown, path = 'rule'): ReadResult<RecordedRule> {
  const problems: PermissionProblem[] = [];
  const refuse = permissionProblemCollector(problems, (field) => path + field);
  if (!isObject(item)) {
    refuse('wrong-type', '', item, 'a rule: an object');
    return { ok: false, problems };
  }
  const { SecurityGroupRuleId, IsEgress, CidrIpv4, ReferencedGroupInfo, IpProtocol, FromPort, ToPort, CidrIpv6, PrefixListId } = item;
  if (typeof IsEgress !== 'boolean') refuse('wrong-type', '.IsEgress', IsEgress, 'true or false');
  const group = isObject(ReferencedGroupInfo) ? ReferencedGroupInfo : {};
  const read = readPermissionRule(
    {
      IpProtocol,
      FromPort,
      ToPort,
      CidrIp: CidrIpv4,
      CidrIpv6,
      PrefixListId,
      GroupId: group.GroupId,
      // If the source group was deleted, its account is empty.
      UserId: group.UserId === '' ? undefined : group.UserId,
      Description: item.Description,
    },
    {
      direction: IsEgress === true ? 'egress' : 'ingress',
      descriptions: 'trusted',
      pathOf: (field) => (field === undefined ? path : `${path}.${PATHS[field] ?? field}`),
    },
  );
  if (!read.ok) return { ok: false, problems: [...problems, ...read.problems] };
  const ruleId = typeof SecurityGroupRuleId === 'string' && SecurityGroupRuleId !== '' ? SecurityGroupRuleId : null;
  return permissionReadResult({ ...read.value, ruleId }, problems);
}

/** The fields whose names in `SecurityGroupRule` differ from their names in `IpPermission`. */
const PATHS: Readonly<Partial<Record<keyof RuleFields, string>>> = {
  CidrIp: 'CidrIpv4',
  GroupId: 'ReferencedGroupInfo.GroupId',
  UserId: 'ReferencedGroupInfo.UserId',
};

/** EC2's `SecurityGroupRule` without ids and tags. Each rule has one source, so three of the four source fields are absent. */
export interface SecurityGroupRule {
  readonly IsEgress: boolean;
  readonly IpProtocol: string;
  /** `-1` if the protocol has no ports, as in EC2's responses. */
  readonly FromPort: number;
  readonly ToPort: number;
  readonly CidrIpv4?: string;
  readonly CidrIpv6?: string;
  readonly PrefixListId?: string;
  readonly ReferencedGroupInfo?: { readonly GroupId: string; readonly UserId?: string };
  readonly Description?: string;
}

/** Returns the rule in the format of `DescribeSecurityGroupRules`, without its id and tags. */
export function securityGroupRuleOf({ direction, traffic, source, description }: Rule): SecurityGroupRule {
  const { FromPort = -1, ToPort = -1 } = permissionPortsOfTraffic(traffic) ?? {};
  return {
    IsEgress: direction === 'egress',
    IpProtocol: protocolOfTraffic(traffic),
    FromPort,
    ToPort,
    ...(source.kind === 'ipv4' && { CidrIpv4: source.cidr }),
    ...(source.kind === 'ipv6' && { CidrIpv6: source.cidr }),
    ...(source.kind === 'prefixList' && { PrefixListId: source.prefixListId }),
    ...(source.kind === 'group' && {
      ReferencedGroupInfo: { GroupId: source.groupId, ...(source.userId !== undefined && { UserId: source.userId }) },
    }),
    ...(description !== undefined && { Description: description }),
  };
}
