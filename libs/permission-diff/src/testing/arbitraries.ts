import * as fc from 'fast-check';
import type { IpPermission } from '../ec2-permission.js';

const ipv4Cidr = fc
  .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefixLength]) => `${address}/${prefixLength}`);

const ipv6Cidr = fc
  .tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }))
  .map(([address, prefixLength]) => `${address}/${prefixLength}`);

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
  fc
    .tuple(fc.constantFrom('tcp', 'udp', '6', '17', 'TCP'), ports)
    .map(([IpProtocol, numbers]) => ({ IpProtocol, ...numbers })),
  fc
    .tuple(fc.constantFrom('icmp', 'icmpv6', '1', '58'), icmp)
    .map(([IpProtocol, numbers]) => ({ IpProtocol, ...numbers })),
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

/** Permissions that EC2 would take, in any of their spellings. */
export const permissions: fc.Arbitrary<IpPermission[]> = fc.array(
  fc.tuple(traffic, sources).map(([numbers, lists]) => ({ ...numbers, ...lists })),
  { maxLength: 6 },
);
