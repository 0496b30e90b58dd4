import type { IpPermission } from '@portcullis/permission-diff';
import { pathsIn, replacedAt } from '@portcullis/permission-diff/testing';
import * as fc from 'fast-check';
import * as callForms from './call-forms.js';

const traffic: fc.Arbitrary<IpPermission> = fc.oneof(
  fc
    .tuple(fc.constantFrom('tcp', 'udp', '6', '17', 'TCP'), fc.nat(65535), fc.nat(65535))
    .map(([IpProtocol, a, b]) => ({ IpProtocol, FromPort: Math.min(a, b), ToPort: Math.max(a, b) })),
  fc
    .tuple(fc.constantFrom('icmp', 'icmpv6', '1', '58'), fc.nat(255), fc.integer({ min: -1, max: 255 }))
    .map(([IpProtocol, FromPort, ToPort]) => ({ IpProtocol, FromPort, ToPort })),
  // Ports have no meaning for all traffic or for a protocol without ports.
  fc
    .tuple(fc.constantFrom('-1', '50'), fc.constantFrom({}, { FromPort: 0, ToPort: 0 }, { FromPort: -1, ToPort: -1 }))
    .map(([IpProtocol, ports]) => ({ IpProtocol, ...ports })),
);

const sources: fc.Arbitrary<IpPermission> = fc
  .record({
    IpRanges: fc.array(
      fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, length]) => ({ CidrIp: `${address}/${length}` })),
      { maxLength: 3 },
    ),
    Ipv6Ranges: fc.array(
      fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, length]) => ({ CidrIpv6: `${address}/${length}` })),
      { maxLength: 2 },
    ),
    UserIdGroupPairs: fc.subarray([{ GroupId: 'sg-2' }, { GroupId: 'sg-3' }]),
    PrefixListIds: fc.subarray([{ PrefixListId: 'pl-1' }, { PrefixListId: 'pl-2' }]),
  })
  .filter((lists) => Object.values(lists).some((list) => list.length > 0));

/** One or more permissions that EC2 accepts, in various spellings. */
export const permissions: fc.Arbitrary<IpPermission[]> = fc.array(
  fc.tuple(traffic, sources).map(([ports, lists]) => ({ ...ports, ...lists })),
  { minLength: 1, maxLength: 4 },
);

/** A readable event of any form. */
export const readableEvent: fc.Arbitrary<object> = fc.constantFrom(...Object.values(callForms));

/** A readable event with one value, anywhere, replaced by any JSON or removed. */
export const mutatedEvent: fc.Arbitrary<unknown> = readableEvent.chain((event) =>
  fc
    .tuple(fc.constantFrom(...pathsIn(event)), fc.option(fc.jsonValue(), { nil: undefined }))
    .map(([path, value]) => replacedAt(event, path, value)),
);
