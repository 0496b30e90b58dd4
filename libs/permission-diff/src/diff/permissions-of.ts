/** Writes rules as EC2's `IpPermission[]`, grouped the way EC2 groups them. */
import type { IpPermission } from '../read/ec2-permission.js';
import type { Rule } from '../rule/rule.js';
import { portFieldsOf, protocolOf } from '../rule/traffic.js';
import { matchRules } from './match-rules.js';

/**
 * Returns the rules as permissions in canonical form and order. Each protocol and port range is one permission with all its sources. Ports
 * are present only if the protocol has ports. Empty lists are absent, because EC2 refuses them. Of repeated rules, the first counts.
 * Descriptions are kept. The result does not contain the direction.
 *
 * @throws {RangeError} if the rules have different directions.
 */
export function permissionsOf(rules: Iterable<Rule>): IpPermission[] {
  const list = [...rules];
  if (list.some(({ direction }) => direction !== list[0]?.direction)) {
    throw new RangeError('ingress and egress rules at once: permissions do not tell them apart');
  }
  const writer = new PermissionWriter();
  matchRules(list, [], (i, _, key) => {
    writer.add(list[i], key);
  });
  return writer.permissions;
}

/** Expects distinct rules in canonical order. */
export class PermissionWriter {
  readonly permissions: IpPermission[] = [];
  private last: IpPermission = {};
  private key: number | undefined;

  /** @param key the key of the traffic: equal for equal traffic. */
  add(rule: Rule | undefined, key: number): void {
    if (rule === undefined) return;
    const { source, traffic, description } = rule;
    if (this.key !== key) {
      this.key = key;
      this.last = { IpProtocol: protocolOf(traffic), ...portFieldsOf(traffic) };
      this.permissions.push(this.last);
    }
    const permission = this.last;
    switch (source.kind) {
      case 'ipv4':
        (permission.IpRanges ??= []).push(described({ CidrIp: source.cidr }, description));
        break;
      case 'ipv6':
        (permission.Ipv6Ranges ??= []).push(described({ CidrIpv6: source.cidr }, description));
        break;
      case 'prefixList':
        (permission.PrefixListIds ??= []).push(described({ PrefixListId: source.prefixListId }, description));
        break;
      case 'group': {
        const { groupId, userId } = source;
        const pair = userId === undefined ? { GroupId: groupId } : { GroupId: groupId, UserId: userId };
        (permission.UserIdGroupPairs ??= []).push(described(pair, description));
      }
    }
  }
}

function described<T extends object>(entry: T & { Description?: string }, description: string | undefined): T {
  if (description !== undefined) entry.Description = description;
  return entry;
}
