import * as fc from 'fast-check';
import type { IpPermission } from '../rules/ec2-permission.js';

const ipv4Cidr = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, prefixLength]) => `${address}/${prefixLength}`);

const ipv6Cidr = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([address, prefixLength]) => `${address}/${prefixLength}`);

const groupId = fc.constantFrom('sg-1', 'sg-2', 'sg-3');
const prefixListId = fc.constantFrom('pl-1', 'pl-2');

const ports = fc
  .tuple(fc.integer({ min: 0, max: 65535 }), fc.integer({ min: 0, max: 65535 }))
  .map(([a, b]) => ({ FromPort: Math.min(a, b), ToPort: Math.max(a, b) }));

const icmp = fc.oneof(
  fc.constant({ FromPort: -1, ToPort: -1 }),
  fc.record({ FromPort: fc.integer({ min: 0, max: 255 }), ToPort: fc.integer({ min: -1, max: 255 }) }),
);

const traffic: fc.Arbitrary<IpPermission> = fc.oneof(
  fc.tuple(fc.constantFrom('tcp', 'udp', '6', '17', 'TCP'), ports).map(([IpProtocol, numbers]) => ({ IpProtocol, ...numbers })),
  fc.tuple(fc.constantFrom('icmp', 'icmpv6', '1', '58'), icmp).map(([IpProtocol, numbers]) => ({ IpProtocol, ...numbers })),
  fc.constantFrom('-1', 'all', '50', '47').map((IpProtocol) => ({ IpProtocol })),
);

const sources: fc.Arbitrary<IpPermission> = fc
  .record({
    IpRanges: fc.array(
      ipv4Cidr.map((CidrIp) => ({ CidrIp })),
      { maxLength: 3 },
    ),
    Ipv6Ranges: fc.array(
      ipv6Cidr.map((CidrIpv6) => ({ CidrIpv6 })),
      { maxLength: 2 },
    ),
    UserIdGroupPairs: fc.array(
      groupId.map((GroupId) => ({ GroupId })),
      { maxLength: 2 },
    ),
    PrefixListIds: fc.array(
      prefixListId.map((PrefixListId) => ({ PrefixListId })),
      { maxLength: 1 },
    ),
  })
  .filter((lists) => Object.values(lists).some((list) => list.length > 0));

/** Random valid permissions, in various spellings. */
export const permissions: fc.Arbitrary<IpPermission[]> = fc.array(
  fc.tuple(traffic, sources).map(([numbers, lists]) => ({ ...numbers, ...lists })),
  { maxLength: 6 },
);

const description = fc.constantFrom({}, {}, { Description: 'corp' }, { Description: 'a, b: 1/2' }, { Description: '007' });

/** Random valid permissions with one source each. Some of them have a description. */
export const describedPermissions: fc.Arbitrary<IpPermission[]> = permissions.chain((list) =>
  fc.tuple(...list.flatMap(oneByOne).map((permission) => description.map((text) => withDescription(permission, text)))),
);

function withDescription({ IpProtocol, FromPort, ToPort, ...lists }: IpPermission, added: { Description?: string }): IpPermission {
  const described = Object.entries(lists).map(([key, sources]: [string, object[]]) => [key, sources.map((one) => ({ ...one, ...added }))]);
  return Object.assign({ IpProtocol, FromPort, ToPort }, Object.fromEntries(described) as IpPermission);
}

/** Random permissions with only blocks as sources. Permissions with groups have no complement, because nobody can list all groups. */
export const blockPermissions: fc.Arbitrary<IpPermission[]> = fc.array(
  fc
    .tuple(
      traffic,
      fc.oneof(
        ipv4Cidr.map((CidrIp) => ({ IpRanges: [{ CidrIp }] })),
        ipv6Cidr.map((CidrIpv6) => ({ Ipv6Ranges: [{ CidrIpv6 }] })),
      ),
    )
    .map(([numbers, source]) => ({ ...numbers, ...source })),
  { maxLength: 4 },
);

/**
 * Writes other permissions for the same traffic: splits sources, blocks and port ranges, repeats permissions, and changes their order.
 */
export function respelled(list: readonly IpPermission[]): fc.Arbitrary<IpPermission[]> {
  const single = list.flatMap(oneByOne);
  return fc
    .array(fc.constantFrom<(permission: IpPermission) => IpPermission[]>(same, twice, halvedPorts, halvedBlock), {
      minLength: single.length,
      maxLength: single.length,
    })
    .map((ways) => single.flatMap((permission, i) => ways[i]?.(permission) ?? [permission]))
    .chain((permissions) => fc.shuffledSubarray(permissions, { minLength: permissions.length }));
}

export function oneByOne(permission: IpPermission): IpPermission[] {
  const { IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [], ...numbers } = permission;
  return [
    ...IpRanges.map((range) => ({ ...numbers, IpRanges: [range] })),
    ...Ipv6Ranges.map((range) => ({ ...numbers, Ipv6Ranges: [range] })),
    ...UserIdGroupPairs.map((pair) => ({ ...numbers, UserIdGroupPairs: [pair] })),
    ...PrefixListIds.map((prefixList) => ({ ...numbers, PrefixListIds: [prefixList] })),
  ];
}

function same(permission: IpPermission): IpPermission[] {
  return [permission];
}
function twice(permission: IpPermission): IpPermission[] {
  return [permission, permission];
}

function halvedPorts(permission: IpPermission): IpPermission[] {
  const { IpProtocol = '', FromPort = 0, ToPort = 0 } = permission;
  if (!['tcp', 'udp', '6', '17', 'TCP'].includes(IpProtocol) || FromPort === ToPort) return [permission];
  const middle = Math.floor((FromPort + ToPort) / 2);
  return [
    { ...permission, ToPort: middle },
    { ...permission, FromPort: middle + 1 },
  ];
}

function halvedBlock(permission: IpPermission): IpPermission[] {
  const cidr = permission.IpRanges?.[0]?.CidrIp;
  if (cidr === undefined) return [permission];
  const [address = '', prefixText = ''] = cidr.split('/');
  const length = Number(prefixText);
  if (length === 32) return [permission];
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - length);
  const first = Math.floor(number / size) * size;
  const text = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
  return [first, first + size / 2].map((half) => ({
    ...permission,
    IpRanges: [{ CidrIp: `${text(half)}/${length + 1}` }],
  }));
}
