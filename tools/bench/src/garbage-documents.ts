/** Generates values that a user might pass to the library by mistake: rules and groups with arbitrary changes. */
import { pathsIn, replacedAt } from '@portcullis/permission-diff/testing';
import { anything, constantFrom, nat, oneof, record, tuple, type Arbitrary } from 'fast-check';

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

/** Valid rules and groups in the formats of EC2, AWS Config and CloudTrail. */
const DOCUMENTS: readonly unknown[] = [
  [PERMISSION],
  [PERMISSION, { ...PERMISSION, IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }, { ...PERMISSION, IpProtocol: '-1' }],
  { GroupId: 'sg-1', OwnerId: '111122223333', IpPermissions: [PERMISSION], IpPermissionsEgress: [] },
  [RULE],
  { configuration: { groupId: 'sg-1', ownerId: '111122223333', ipPermissions: [CAMEL], ipPermissionsEgress: [] } },
  { ipPermissions: { items: [{ ...CAMEL, ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] }, groups: {} }] } },
];

const CIRCULAR: Record<string, unknown> = {};
CIRCULAR.itself = CIRCULAR;
const STRANGE: readonly unknown[] = [
  ...['0', '-1', '10.0.0.0/33', '10.0.0.0', '::', '::/0', '256.1.1.1/8', '1:2:3:4:5:6:7:8:9/1', 'sg-', 'pl-ü', 'x'.repeat(100_000)],
  ...[65535, 65536, 2 ** 53, NaN, Symbol('garbage'), () => 'garbage', new Date(NaN), /x/, new Map([['items', 1]])],
];
const NEW_KEYS = ['IpRange', 'items', 'tag', 'GroupName', '__proto__', 'length'];

interface Change {
  /** An index into the list of all paths in the document. If the list has no path at this index, the document stays the same. */
  readonly place: number;
  readonly how: 'replace' | 'remove' | 'add';
  readonly key: string;
  readonly value: unknown;
}

function garbageChange(...more: readonly unknown[]): Arbitrary<Change> {
  return record({
    place: nat(30),
    how: constantFrom('replace', 'remove', 'add'),
    key: constantFrom(...NEW_KEYS),
    value: oneof(
      constantFrom(...STRANGE, ...more),
      anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true, maxDepth: 2 }),
    ),
  });
}

/**
 * A document with up to two changes. Only the last change can insert a circular value, because a change first lists all paths of the
 * document.
 */
export const garbageDocument: Arbitrary<unknown> = tuple(constantFrom(...DOCUMENTS), garbageChange(), garbageChange(CIRCULAR)).map(
  ([document, ...changes]) => changes.reduce(applyGarbageChange, document),
);

function applyGarbageChange(document: unknown, { place, how, key, value }: Change): unknown {
  const path = pathsIn(document)[place];
  if (path === undefined) return document;
  const last = path.at(-1);
  if (how === 'remove' && last !== undefined) {
    const parent = path.slice(0, -1);
    return replacedAt(document, parent, garbageWithoutKey(garbageValueAt(document, parent), last));
  }
  const part = garbageValueAt(document, path);
  return replacedAt(document, path, how === 'add' && isGarbageObject(part) ? { ...part, [key]: value } : value);
}

function garbageValueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((part, key) => (part as Record<string | number, unknown>)[key], value);
}

function garbageWithoutKey(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value.filter((_, index) => index !== key);
  return Object.fromEntries(Object.entries(value as object).filter(([name]) => name !== key));
}

function isGarbageObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
