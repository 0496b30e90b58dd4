/** Values that somebody might hand the library by mistake: permissions and documents with anything anywhere in them. */
import type { Random } from './random.js';

/** Any of EC2's and AWS's spellings of rules, of which mostly one or two places hold something else. */
export function garbage(random: Random): unknown {
  const document = documentOf(random);
  return random.oneIn(8) ? document : mutated(random, random.oneIn(3) ? mutated(random, document) : document);
}

function documentOf(random: Random): unknown {
  const permission = () => ({
    IpProtocol: random.pick(['tcp', 'udp', 'icmp', 'icmpv6', '-1', '50']),
    FromPort: random.below(200),
    ToPort: random.between(200, 255),
    IpRanges: [{ CidrIp: `10.${random.below(256)}.0.0/16`, Description: 'corp' }],
    Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
    UserIdGroupPairs: [{ GroupId: 'sg-1', UserId: '111122223333' }],
    PrefixListIds: [{ PrefixListId: 'pl-1' }],
  });
  const camel = {
    ipProtocol: 'tcp',
    fromPort: 1,
    toPort: 2,
    ipRanges: ['10.0.0.0/8'],
    ipv4Ranges: [{ cidrIp: '10.0.0.0/8' }],
  };
  switch (random.below(6)) {
    case 0:
      return { GroupId: 'sg-1', OwnerId: '111122223333', IpPermissions: [permission()], IpPermissionsEgress: [] };
    case 1:
      return [
        {
          SecurityGroupRuleId: 'sgr-1',
          IsEgress: false,
          IpProtocol: 'tcp',
          FromPort: 1,
          ToPort: 2,
          CidrIpv4: '10.0.0.0/8',
        },
      ];
    case 2:
      return {
        configuration: { groupId: 'sg-1', ownerId: '111122223333', ipPermissions: [camel], ipPermissionsEgress: [] },
      };
    case 3:
      return { ipPermissions: { items: [{ ...camel, ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] }, groups: {} }] } };
    default:
      return [permission(), permission()].slice(random.below(2));
  }
}

/** Replaces what stands somewhere in a value, or takes it out, or adds something beside it. */
function mutated(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.oneIn(6)) return anything(random);
  if (Array.isArray(value)) {
    if (random.oneIn(6)) return [...(value as unknown[]), anything(random)];
    const at = random.below(value.length);
    return value.map((member: unknown, i) => (i === at ? mutated(random, member) : member));
  }
  const entries: [string, unknown][] = Object.entries(value);
  const at = random.below(entries.length);
  if (random.oneIn(6))
    return {
      ...value,
      [random.pick(['IpRange', 'items', 'tag', 'GroupName', '__proto__', 'length'])]: anything(random),
    };
  return Object.fromEntries(
    entries.flatMap(([key, field], i) => {
      if (i !== at) return [[key, field]];
      return random.oneIn(6) ? [] : [[key, mutated(random, field)]];
    }),
  );
}

const LONG = 'x'.repeat(100_000);
const itself: Record<string, unknown> = {};
itself.itself = itself;

function anything(random: Random): unknown {
  const number = () => random.pick([0, -0, -1, 1, 65535, 65536, 1.5, NaN, Infinity, -Infinity, 2 ** 53, 1e308, random.below(300)]);
  switch (random.below(14)) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return number();
    case 3:
      return random.pick([
        '',
        ' ',
        '0',
        '-1',
        '10.0.0.0/33',
        '10.0.0.0',
        '::',
        '::/0',
        '256.1.1.1/8',
        '1:2:3:4:5:6:7:8:9/1',
        'sg-',
        'pl-ü',
        '\u0000',
        '💥',
        LONG,
      ]);
    case 4:
      return random.oneIn(2);
    case 5:
      return BigInt(random.below(1000));
    case 6:
      return Symbol('garbage');
    case 7:
      return () => 'garbage';
    case 8:
      return [];
    case 9:
      return {};
    case 10:
      return Array<unknown>(random.below(5));
    case 11:
      return Object.assign(Object.create(null) as object, { CidrIp: number(), items: [anything(random)] });
    case 12:
      return random.pick<object>([itself, new Date(NaN), /x/, new Map([['items', 1]]), new Uint8Array(3), new Error('garbage')]);
    default:
      return Array.from({ length: random.below(4) }, () => documentOf(random));
  }
}
