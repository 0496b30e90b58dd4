/** Writes rules as EC2's `IpPermission[]`, grouped the way EC2 groups them. */
import type { IpPermission } from './ec2-permission.js';
import { compareRules, ruleKey, type Rule } from './rule.js';
import { portFieldsOf, protocolOf, trafficKey } from './traffic.js';

/**
 * Returns the rules as permissions in canonical form and order: one permission per protocol and ports, holding all its sources; ports
 * only where the protocol has them; no empty lists, which some SDK versions send and EC2 refuses. Of rules given twice the first
 * counts. Descriptions are kept. The result does not say which direction it is for: the rules must all be of one.
 */
export function permissionsOf(rules: Iterable<Rule>): IpPermission[] {
  const unique = new Map<string, Rule>();
  for (const rule of rules) {
    const key = ruleKey(rule);
    if (!unique.has(key)) unique.set(key, rule);
  }
  const sorted = [...unique.values()].sort(compareRules);
  if (sorted.length > 0 && sorted[0]?.direction !== sorted.at(-1)?.direction) {
    throw new RangeError(
      'permissionsOf was given ingress and egress rules at once: a permission cannot tell them apart',
    );
  }
  const permissions = new Map<string, IpPermission>();
  for (const rule of sorted) {
    const key = trafficKey(rule.traffic);
    let permission = permissions.get(key);
    if (permission === undefined) {
      permission = { IpProtocol: protocolOf(rule.traffic), ...portFieldsOf(rule.traffic) };
      permissions.set(key, permission);
    }
    addSource(permission, rule);
  }
  return [...permissions.values()];
}

function addSource(permission: IpPermission, { source, description }: Rule): void {
  const described = description === undefined ? {} : { Description: description };
  switch (source.kind) {
    case 'ipv4':
      (permission.IpRanges ??= []).push({ CidrIp: source.cidr, ...described });
      return;
    case 'ipv6':
      (permission.Ipv6Ranges ??= []).push({ CidrIpv6: source.cidr, ...described });
      return;
    case 'group': {
      const owner = source.userId === undefined ? {} : { UserId: source.userId };
      (permission.UserIdGroupPairs ??= []).push({ GroupId: source.groupId, ...owner, ...described });
      return;
    }
    case 'prefixList':
      (permission.PrefixListIds ??= []).push({ PrefixListId: source.prefixListId, ...described });
      return;
  }
}
