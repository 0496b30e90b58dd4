import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
  type IpPermission,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { RuleIds } from './mends/rule-ids.js';

/** The permission of which a rule is one atom. The rule list of EC2 gives ports of -1 where there are none. */
export const permissionOf = (rule: SecurityGroupRule): IpPermission => {
  const description = rule.Description === undefined ? {} : { Description: rule.Description };
  return {
    ...(rule.IpProtocol !== undefined && { IpProtocol: rule.IpProtocol }),
    ...(rule.IpProtocol !== '-1' && rule.FromPort !== undefined && { FromPort: rule.FromPort }),
    ...(rule.IpProtocol !== '-1' && rule.ToPort !== undefined && { ToPort: rule.ToPort }),
    ...(rule.CidrIpv4 !== undefined && { IpRanges: [{ CidrIp: rule.CidrIpv4, ...description }] }),
    ...(rule.CidrIpv6 !== undefined && { Ipv6Ranges: [{ CidrIpv6: rule.CidrIpv6, ...description }] }),
    ...(rule.PrefixListId !== undefined && { PrefixListIds: [{ PrefixListId: rule.PrefixListId, ...description }] }),
    ...(rule.ReferencedGroupInfo?.GroupId !== undefined && {
      UserIdGroupPairs: [{ GroupId: rule.ReferencedGroupInfo.GroupId, ...description }],
    }),
  };
};

/** Takes a rule out of moto, past the proxy. */
export const removeRule = async (ec2: EC2Client, ruleIds: RuleIds, rule: SecurityGroupRule): Promise<void> => {
  const input = { GroupId: rule.GroupId, SecurityGroupRuleIds: [ruleIds.inMoto(rule.SecurityGroupRuleId ?? '')] };
  await (rule.IsEgress === true
    ? ec2.send(new RevokeSecurityGroupEgressCommand(input))
    : ec2.send(new RevokeSecurityGroupIngressCommand(input)));
};

/** Puts a rule into moto, past the proxy, under the id it shall be known by. */
export const addRule = async (ec2: EC2Client, ruleIds: RuleIds, rule: SecurityGroupRule): Promise<void> => {
  const input = { GroupId: rule.GroupId, IpPermissions: [permissionOf(rule)] };
  const { SecurityGroupRules: [added] = [] } = await (rule.IsEgress === true
    ? ec2.send(new AuthorizeSecurityGroupEgressCommand(input))
    : ec2.send(new AuthorizeSecurityGroupIngressCommand(input)));
  if (added?.SecurityGroupRuleId !== undefined && rule.SecurityGroupRuleId !== undefined) {
    ruleIds.alias(added.SecurityGroupRuleId, rule.SecurityGroupRuleId);
  }
};
