/** Writes permissions and rules as CloudTrail records them: the inverse of what the library reads. */
import type { IpPermission, Rule, Source, Traffic } from '@portcullis/permission-diff';

/** Returns the permissions in camelCase with `{"items": […]}`, as older calls are recorded. */
export function itemsForm(permissions: readonly IpPermission[]): object {
  return items(
    permissions.map((permission) => ({
      ipProtocol: permission.IpProtocol,
      fromPort: permission.FromPort,
      toPort: permission.ToPort,
      groups: items((permission.UserIdGroupPairs ?? []).map(inCamelCase)),
      ipRanges: items((permission.IpRanges ?? []).map(inCamelCase)),
      ipv6Ranges: items((permission.Ipv6Ranges ?? []).map(inCamelCase)),
      prefixListIds: items((permission.PrefixListIds ?? []).map(inCamelCase)),
    })),
  );
}

/**
 * Returns the permissions as the query in JSON, as newer calls are recorded: a list of one is written as its only member, and numbers stay
 * numbers.
 */
export function wrappedForm(permissions: readonly IpPermission[]): unknown {
  return members(
    permissions.map(({ UserIdGroupPairs, IpProtocol, IpRanges, Ipv6Ranges, PrefixListIds, ...ports }) => ({
      IpProtocol: coerced(IpProtocol),
      ...ports,
      Groups: members(UserIdGroupPairs ?? []),
      IpRanges: members(IpRanges ?? []),
      Ipv6Ranges: members(Ipv6Ranges ?? []),
      PrefixListIds: members(PrefixListIds ?? []),
    })),
  );
}

/** Returns the rules as EC2's answer has them, with -1 as the ports of protocols without ports. */
export function ruleSetForm(rules: readonly Rule[]): object {
  return items(
    rules.map(({ direction, traffic, source, description }, index) => {
      return {
        securityGroupRuleId: `sgr-${index}`,
        groupId: 'sg-1',
        isEgress: direction === 'egress',
        ...portFields(traffic),
        ...sourceField(source),
        ...(description === undefined ? {} : { description }),
      };
    }),
  );
}

function sourceField(source: Source): object {
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

function portFields(traffic: Traffic): object {
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

function items(list: readonly unknown[]): object {
  return list.length === 0 ? {} : { items: list };
}

function members(list: readonly object[]): unknown {
  const tagged = list.map((member, index) => ({ tag: index + 1, ...member }));
  return tagged.length === 0 ? '' : tagged.length === 1 ? tagged[0] : tagged;
}

function coerced(text: string | undefined): unknown {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : text;
}

function inCamelCase(fields: object): object {
  return withKeys(fields, (key) => key.charAt(0).toLowerCase() + key.slice(1));
}

function withKeys(fields: object, rename: (key: string) => string): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]: [string, unknown]) => [
      rename(key),
      typeof value === 'object' && value !== null ? withKeys(value, rename) : value,
    ]),
  );
}
