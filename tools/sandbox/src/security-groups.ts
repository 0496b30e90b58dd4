import {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type SecurityGroup,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { RuleIds } from './mends/rule-ids.js';
import type { SourceDescriptions } from './mends/source-descriptions.js';

/** A security group as it stands in moto, read past the proxy. */
export interface GroupState {
  readonly group: SecurityGroup;
  readonly rules: readonly SecurityGroupRule[];
}

export type GroupStates = ReadonlyMap<string, GroupState>;

/** What moto does not keep of rules. */
export interface RuleMemory {
  readonly ids: RuleIds;
  readonly descriptions: SourceDescriptions;
}

const asEc2Lists = (rule: SecurityGroupRule, { ids, descriptions }: RuleMemory): SecurityGroupRule => {
  const id = ids.shown(rule.SecurityGroupRuleId ?? '');
  const description = rule.Description ?? descriptions.of(id);
  return { ...rule, SecurityGroupRuleId: id, ...(description !== undefined && { Description: description }) };
};

/** Reads the groups with these ids, or all groups; one that does not exist is left out. */
export const readGroups = async (
  ec2: EC2Client,
  memory: RuleMemory,
  groupIds?: readonly string[],
): Promise<GroupStates> => {
  if (groupIds?.length === 0) return new Map();
  // By filter, since an id in `GroupIds` that does not exist fails the whole call.
  const filters = groupIds && { Filters: [{ Name: 'group-id', Values: [...groupIds] }] };
  const [{ SecurityGroups: groups = [] }, { SecurityGroupRules: rules = [] }] = await Promise.all([
    ec2.send(new DescribeSecurityGroupsCommand({ ...filters })),
    ec2.send(new DescribeSecurityGroupRulesCommand({ ...filters })),
  ]);
  return new Map(
    groups.map((group) => [
      group.GroupId ?? '',
      {
        group,
        rules: rules.filter(({ GroupId }) => GroupId === group.GroupId).map((rule) => asEc2Lists(rule, memory)),
      },
    ]),
  );
};

/** What a rule lets in: equal text, same traffic from the same source as moto spells them. */
const contentOf = (rule: SecurityGroupRule): string =>
  JSON.stringify([
    rule.IsEgress,
    rule.IpProtocol,
    rule.FromPort,
    rule.ToPort,
    rule.CidrIpv4,
    rule.CidrIpv6,
    rule.PrefixListId,
    rule.ReferencedGroupInfo?.GroupId,
    rule.ReferencedGroupInfo?.UserId,
  ]);

const rulesOf = (states: GroupStates): readonly SecurityGroupRule[] =>
  [...states.values()].flatMap(({ rules }) => rules);

/** The rules of `after` which `before` lacks: another id, or the same id with another content. */
export const rulesGained = (before: GroupStates, after: GroupStates): readonly SecurityGroupRule[] => {
  const had = new Map(rulesOf(before).map((rule) => [rule.SecurityGroupRuleId, contentOf(rule)]));
  return rulesOf(after).filter((rule) => had.get(rule.SecurityGroupRuleId) !== contentOf(rule));
};
