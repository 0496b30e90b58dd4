/** Writes rules as EC2's `IpPermission[]`: one permission for all rules with the same protocol and ports, as in EC2's responses. */
import type { IpPermission } from '../rules/ec2-permission.js';
import type { Rule } from '../rules/rule.js';
import { permissionPortsOfTraffic, protocolOfTraffic } from '../rules/traffic.js';
import { matchRules } from './match-rules.js';

/**
 * Returns the rules as permissions in canonical form and order. All rules with the same protocol and ports form one permission. A
 * permission has ports only if its protocol has ports. A permission has no empty lists, because EC2 refuses empty lists. If rules are
 * equal, the first rule is written. Descriptions are written. The direction is not written, because permissions have no direction.
 *
 * @throws {RangeError} if the rules have different directions.
 */
export function permissionsOf(rules: Iterable<Rule>): IpPermission[] {
  const list = [...rules];
  if (new Set(list.map(({ direction }) => direction)).size > 1) {
    throw new RangeError('both ingress and egress rules: permissions have no direction, so write each direction separately');
  }
  const writer = new PermissionWriter();
  matchRules(list, [], (i, _, key) => {
    writer.add(list[i], key);
  });
  return writer.permissions;
}

/** Joins rules into permissions. The rules must be distinct, and added in canonical order. */
export class PermissionWriter {
  readonly permissions: IpPermission[] = [];
  private last: IpPermission = {};
  private key: number | undefined;

  /** @param key the key of the rule's direction and traffic */
  add(rule: Rule | undefined, key: number): void {
    // Stryker disable next-line ConditionalExpression: only the compiler needs the check
    if (rule === undefined) return;
    const { source, traffic, description } = rule;
    if (this.key !== key) {
      this.key = key;
      const IpProtocol = protocolOfTraffic(traffic);
      const ports = permissionPortsOfTraffic(traffic);
      // One object literal for each shape is faster than spread syntax.
      this.last = ports === undefined ? { IpProtocol } : { IpProtocol, FromPort: ports.FromPort, ToPort: ports.ToPort };
      this.permissions.push(this.last);
    }
    const permission = this.last;
    switch (source.kind) {
      case 'ipv4':
        (permission.IpRanges ??= []).push(
          description === undefined ? { CidrIp: source.cidr } : { CidrIp: source.cidr, Description: description },
        );
        break;
      case 'ipv6':
        (permission.Ipv6Ranges ??= []).push({ CidrIpv6: source.cidr, ...permissionDescription(description) });
        break;
      case 'prefixList':
        (permission.PrefixListIds ??= []).push({ PrefixListId: source.prefixListId, ...permissionDescription(description) });
        break;
      case 'group': {
        const { groupId, userId } = source;
        (permission.UserIdGroupPairs ??= []).push({
          GroupId: groupId,
          ...(userId !== undefined && { UserId: userId }),
          ...permissionDescription(description),
        });
      }
    }
  }
}

function permissionDescription(description: string | undefined): { Description?: string } {
  return description === undefined ? {} : { Description: description };
}
