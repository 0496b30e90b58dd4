/** Writes permissions and rules in the forms that CloudTrail records and the library reads. */
import { securityGroupRuleOf, type IpPermission, type Rule } from '@portcullis/permission-diff';
import { inCamelCase } from '@portcullis/permission-diff/testing';

/** Returns the permissions in camelCase with `{"items": […]}`, as CloudTrail records older calls. */
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
 * Returns the permissions as CloudTrail records newer calls: the query string as JSON. A list with one member becomes that member, and
 * numeric texts become numbers.
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

/** Returns the rules in the form of EC2's response. Rules of a protocol without ports have the ports -1. */
export function ruleSetForm(rules: readonly Rule[]): object {
  return items(
    rules.map((rule, index) => ({ securityGroupRuleId: `sgr-${index}`, groupId: 'sg-1', ...inCamelCase(securityGroupRuleOf(rule)) })),
  );
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
