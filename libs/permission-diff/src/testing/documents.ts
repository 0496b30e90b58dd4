/** Writes permissions as documents in the formats of AWS Config and CloudTrail. */
import type { IpPermission } from '../rules/ec2-permission.js';
import type { Source } from '../rules/source.js';
import type { Traffic } from '../rules/traffic.js';

/** Returns the configuration of a group as AWS Config records it. Each block is in both lists, `ipv4Ranges` and `ipRanges`. */
export function configuration(ingress: readonly IpPermission[], egress: readonly IpPermission[] = []): object {
  const permissions = (list: readonly IpPermission[]) =>
    list.map(({ IpProtocol, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [] }) => ({
      ipProtocol: IpProtocol,
      ...(FromPort === undefined ? {} : { fromPort: FromPort, toPort: ToPort }),
      ipv4Ranges: IpRanges.map(inCamelCase),
      ipRanges: IpRanges.map(({ CidrIp }) => CidrIp),
      ipv6Ranges: Ipv6Ranges.map(inCamelCase),
      userIdGroupPairs: UserIdGroupPairs.map(inCamelCase),
      prefixListIds: PrefixListIds.map(inCamelCase),
    }));
  return {
    ownerId: '111122223333',
    groupName: 'web',
    groupId: 'sg-1',
    description: 'of the web',
    vpcId: 'vpc-1',
    tags: [],
    ipPermissions: permissions(ingress),
    ipPermissionsEgress: permissions(egress),
  };
}

/** Returns the source of a rule as CloudTrail records it: as a field in camelCase. */
export function sourceField(source: Source): object {
  switch (source.kind) {
    case 'ipv4':
      return { cidrIpv4: source.cidr };
    case 'ipv6':
      return { cidrIpv6: source.cidr };
    case 'group':
      return { referencedGroupInfo: { groupId: source.groupId, userId: source.userId } };
    case 'prefixList':
      return { prefixListId: source.prefixListId };
  }
}

/** Returns the protocol and the ports in camelCase. The ports are -1 for protocols without ports. */
export function portFields(traffic: Traffic): object {
  switch (traffic.kind) {
    case 'ports':
      return { ipProtocol: traffic.protocol, fromPort: traffic.fromPort, toPort: traffic.toPort };
    case 'icmp':
      return { ipProtocol: traffic.protocol, fromPort: traffic.type, toPort: traffic.code };
    case 'all':
      return { ipProtocol: '-1', fromPort: -1, toPort: -1 };
    case 'protocol':
      return { ipProtocol: traffic.protocol, fromPort: -1, toPort: -1 };
  }
}

/** Returns the fields with names in camelCase, including the fields of nested objects. */
export function inCamelCase(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]: [string, unknown]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      typeof value === 'object' && value !== null ? inCamelCase(value) : value,
    ]),
  );
}
