/** Writes rules as EC2's `IpPermission[]`, grouped the way EC2 groups them. */
import type { IpPermission } from './ec2-permission.js';
import type { Direction, Rule } from './rule.js';
import { compareSources, sourceKey } from './source.js';
import { portFieldsOf, protocolOf, trafficKey } from './traffic.js';

/**
 * Returns the rules as permissions in canonical form and order: one permission per protocol and ports, holding all its sources; ports
 * only where the protocol has them; no empty lists, which some SDK versions send and EC2 refuses. Of rules given twice the first
 * counts. Descriptions are kept. The result does not say which direction it is for: the rules must all be of one.
 */
export function permissionsOf(rules: Iterable<Rule>): IpPermission[] {
  const groups = new Map<number, Rule[]>();
  let direction: Direction | undefined;
  for (const rule of rules) {
    direction ??= rule.direction;
    if (rule.direction !== direction) {
      throw new RangeError('ingress and egress rules at once: permissions do not tell them apart');
    }
    const key = trafficKey(rule.traffic);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [rule]);
    else group.push(rule);
  }
  return [...groups].sort((a, b) => a[0] - b[0]).map((group) => permissionOf(group[1]));
}

/** Returns the permission of rules for the same traffic. */
function permissionOf(rules: Rule[]): IpPermission {
  const permission: IpPermission = {};
  let last: string | undefined;
  for (const rule of rules.sort((a, b) => compareSources(a.source, b.source))) {
    const key = sourceKey(rule.source);
    if (last === undefined) Object.assign(permission, { IpProtocol: protocolOf(rule.traffic) }, portFieldsOf(rule.traffic));
    // Equal ones follow one another, in the order given.
    if (key !== last) addSource(permission, rule);
    last = key;
  }
  return permission;
}

function addSource(permission: IpPermission, { source, description }: Rule): void {
  const described = description === undefined ? {} : { Description: description };
  if (source.kind === 'ipv4') {
    (permission.IpRanges ??= []).push({ CidrIp: source.cidr, ...described });
  } else if (source.kind === 'ipv6') {
    (permission.Ipv6Ranges ??= []).push({ CidrIpv6: source.cidr, ...described });
  } else if (source.kind === 'prefixList') {
    (permission.PrefixListIds ??= []).push({ PrefixListId: source.prefixListId, ...described });
  } else {
    const owner = source.userId === undefined ? {} : { UserId: source.userId };
    (permission.UserIdGroupPairs ??= []).push({ GroupId: source.groupId, ...owner, ...described });
  }
}
