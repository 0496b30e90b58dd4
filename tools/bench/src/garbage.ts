/** Values that somebody might hand the library by mistake: permissions and documents with anything anywhere in them. */
import { anything, constantFrom, oneof, tuple, type Arbitrary } from 'fast-check';

const PERMISSION = {
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 200,
  IpRanges: [{ CidrIp: '10.9.0.0/16', Description: 'corp' }],
  Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
  UserIdGroupPairs: [{ GroupId: 'sg-1', UserId: '111122223333' }],
  PrefixListIds: [{ PrefixListId: 'pl-1' }],
};
const CAMEL = { ipProtocol: 'tcp', fromPort: 1, toPort: 2, ipRanges: ['10.0.0.0/8'], ipv4Ranges: [{ cidrIp: '10.0.0.0/8' }] };
const RULE = { SecurityGroupRuleId: 'sgr-1', IsEgress: false, IpProtocol: 'tcp', FromPort: 1, ToPort: 2, CidrIpv4: '10.0.0.0/8' };

/** EC2's and AWS Config's spellings of rules. */
const DOCUMENTS: readonly unknown[] = [
  [PERMISSION],
  [PERMISSION, { ...PERMISSION, IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }, { ...PERMISSION, IpProtocol: '-1' }],
  { GroupId: 'sg-1', OwnerId: '111122223333', IpPermissions: [PERMISSION], IpPermissionsEgress: [] },
  [RULE],
  { configuration: { groupId: 'sg-1', ownerId: '111122223333', ipPermissions: [CAMEL], ipPermissionsEgress: [] } },
  { ipPermissions: { items: [{ ...CAMEL, ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] }, groups: {} }] } },
];

const itself: Record<string, unknown> = {};
itself.itself = itself;
const STRANGE: readonly unknown[] = [
  ...['0', '-1', '10.0.0.0/33', '10.0.0.0', '::', '::/0', '256.1.1.1/8', '1:2:3:4:5:6:7:8:9/1', 'sg-', 'pl-ü', 'x'.repeat(100_000)],
  ...[65535, 65536, 2 ** 53, NaN, Symbol('garbage'), () => 'garbage', itself, new Date(NaN), /x/, new Map([['items', 1]])],
];
/** The last is beyond every document: then nothing is changed. */
const PLACES = [0, 1, 2, 3, 5, 8, 11, 14, 17, 20, 23, 99, 99, 99];
const NEW_KEYS = ['IpRange', 'items', 'tag', 'GroupName', '__proto__', 'length'];

/** Any of the documents, of which mostly one or two places hold something else, or nothing, or more. */
export function garbage(): Arbitrary<unknown> {
  const strange = oneof(
    constantFrom(...STRANGE),
    anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true, maxDepth: 2 }),
  );
  const places = tuple(constantFrom(...PLACES), constantFrom('replace', 'remove', 'add' as const), constantFrom(...NEW_KEYS), strange);
  return tuple(constantFrom(...DOCUMENTS), places, places).map(([document, first, second]) =>
    changed(changed(document, ...first), ...second),
  );
}

/** Returns the value with its `place`-th part changed, counted over all levels; as it is when it has fewer. */
function changed(value: unknown, place: number, how: string, key: string, by: unknown): unknown {
  let left = place;
  const walk = (part: unknown): unknown => {
    if (left-- === 0) return how === 'add' && isPlain(part) ? { ...part, [key]: by } : by;
    if (Array.isArray(part)) return part.map(walk);
    if (!isPlain(part)) return part;
    return Object.fromEntries(
      Object.entries(part).flatMap(([name, field]) => (how === 'remove' && left === 0 ? (left--, []) : [[name, walk(field)]])),
    );
  };
  return walk(value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype && value !== itself;
}
