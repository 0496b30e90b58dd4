// UpdateSecurityGroupRuleDescriptions* by rule id does nothing in moto; by permission it works. The ids are spelled out
// as permissions.
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { withForm, type ApiRequest } from '../api-request.js';
import { listOf, textOf } from '../json.js';
import type { FormPairs } from '../query-form.js';
import type { GroupStates } from '../security-groups.js';

const permissionPairs = (rule: SecurityGroupRule, description: string, index: number): FormPairs => {
  const prefix = `IpPermissions.${index}`;
  const [list, member, source] =
    rule.CidrIpv6 === undefined
      ? ['IpRanges', 'CidrIp', rule.CidrIpv4 ?? '']
      : ['Ipv6Ranges', 'CidrIpv6', rule.CidrIpv6];
  return [
    [`${prefix}.IpProtocol`, rule.IpProtocol ?? ''],
    [`${prefix}.FromPort`, String(rule.FromPort ?? -1)],
    [`${prefix}.ToPort`, String(rule.ToPort ?? -1)],
    [`${prefix}.${list}.1.${member}`, source],
    [`${prefix}.${list}.1.Description`, description],
  ];
};

/** The call as moto can take it: the same, unless it names rules by id. */
export const withRulesSpelledOut = (request: ApiRequest, before: GroupStates): ApiRequest => {
  const updates = listOf(request.input, 'SecurityGroupRuleDescription');
  if (updates.length === 0) return request;
  const rules = new Map(
    [...before.values()].flatMap((state) => state.rules.map((rule) => [rule.SecurityGroupRuleId, rule] as const)),
  );
  const permissions = updates.flatMap((update, index) => {
    const rule = rules.get(textOf(update, 'SecurityGroupRuleId'));
    // A rule of another source has its description kept elsewhere: see source-descriptions.
    if (rule?.CidrIpv4 === undefined && rule?.CidrIpv6 === undefined) return [];
    return permissionPairs(rule, textOf(update, 'Description') ?? '', index + 1);
  });
  const others = (request.form ?? []).filter(([name]) => !name.startsWith('SecurityGroupRuleDescription.'));
  return withForm(request, [...others, ...permissions]);
};
