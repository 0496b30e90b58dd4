/** Writes permissions as documents in the formats of AWS Config and CloudTrail. */
import type { IpPermission } from '../rules/ec2-permission.js';

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

/** Returns the fields with names in camelCase, including the fields of nested objects. */
export function inCamelCase(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]: [string, unknown]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      typeof value === 'object' && value !== null ? inCamelCase(value) : value,
    ]),
  );
}
