import * as fc from 'fast-check';
import { diffPermissions } from './diff-permissions.js';
import type { IpPermission } from '../rules/ec2-permission.js';
import { InvalidPermissionError } from '../rules/problem.js';
import { oneByOne, permissions } from '../testing/arbitraries.js';

const tcp = (port: number, ...cidrs: string[]): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
});

const fromGroup = (GroupId: string, UserId?: string): IpPermission => ({
  IpProtocol: '-1',
  UserIdGroupPairs: [{ GroupId, UserId }],
});

const nothing = { authorize: [], revoke: [] };

describe('the reference scenarios', () => {
  it('diffPermissions revokes ports 465 and 993 from a group that is declared with ports 80 and 443', () => {
    const required = [tcp(80, '0.0.0.0/0'), tcp(443, '0.0.0.0/0')];
    const actual = [80, 443, 465, 993].map((port) => tcp(port, '0.0.0.0/0'));

    expect(diffPermissions(required, actual)).toEqual({
      authorize: [],
      revoke: [tcp(465, '0.0.0.0/0'), tcp(993, '0.0.0.0/0')],
      unchanged: required,
    });
  });

  it('diffPermissions authorizes ports 80 and 443 and revokes port 445 if the group has only port 445', () => {
    const required = [tcp(80, '0.0.0.0/0'), tcp(443, '0.0.0.0/0')];

    expect(diffPermissions(required, [tcp(445, '0.0.0.0/0')])).toEqual({
      authorize: required,
      revoke: [tcp(445, '0.0.0.0/0')],
      unchanged: [],
    });
  });

  it('diffPermissions revokes only the undeclared source of a port, and keeps the declared sources', () => {
    expect(diffPermissions([tcp(22, '10.0.0.0/8')], [tcp(22, '10.0.0.0/8', '203.0.113.7/32')])).toEqual({
      authorize: [],
      revoke: [tcp(22, '203.0.113.7/32')],
      unchanged: [tcp(22, '10.0.0.0/8')],
    });
  });
});

describe('diffPermissions finds no difference between two spellings', () => {
  it.each<[string, IpPermission[], IpPermission[]]>([
    ['sources in another order', [tcp(22, '10.0.0.0/8', '192.0.2.0/24')], [tcp(22, '192.0.2.0/24', '10.0.0.0/8')]],
    ['one permission instead of two', [tcp(22, '10.0.0.0/8', '192.0.2.0/24')], [tcp(22, '10.0.0.0/8'), tcp(22, '192.0.2.0/24')]],
    ['a repeated rule', [tcp(22, '10.0.0.0/8', '10.0.0.0/8')], [tcp(22, '10.0.0.0/8')]],
    ['host bits', [tcp(22, '10.1.2.3/8')], [tcp(22, '10.0.0.0/8')]],
    ['a protocol number', [{ ...tcp(22, '10.0.0.0/8'), IpProtocol: '6' }], [tcp(22, '10.0.0.0/8')]],
    [
      'ports beside all traffic',
      [{ IpProtocol: '-1', FromPort: 0, ToPort: 0, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
      [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
    ],
    ['empty lists', [{ ...tcp(22, '10.0.0.0/8'), Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] }], [tcp(22, '10.0.0.0/8')]],
    [
      'another IPv6 text',
      [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '2001:DB8:0::/32' }] }],
      [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] }],
    ],
    [
      'ICMPv6 without types',
      [{ IpProtocol: '58', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
      [{ IpProtocol: 'icmpv6', FromPort: -1, ToPort: -1, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
    ],
    [
      'another description',
      [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'a' }] }],
      [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'b' }] }],
    ],
    ['the owner that EC2 fills in', [fromGroup('sg-2')], [fromGroup('sg-2', '111122223333')]],
    [
      'a peering connection beside the group',
      [fromGroup('sg-2', '111122223333')],
      [
        {
          IpProtocol: '-1',
          UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '111122223333', VpcPeeringConnectionId: 'pcx-1', PeeringStatus: 'active' }],
        },
      ],
    ],
  ])('diffPermissions finds no difference between two spellings: %s', (_name, a, b) => {
    expect(diffPermissions(a, b)).toMatchObject(nothing);
    expect(diffPermissions(b, a)).toMatchObject(nothing);
  });
});

describe('diffPermissions finds all differences', () => {
  it.each<[string, IpPermission, IpPermission]>([
    ['tcp and udp', tcp(53, '0.0.0.0/0'), { ...tcp(53, '0.0.0.0/0'), IpProtocol: 'udp' }],
    ['all tcp ports and all traffic', { ...tcp(0, '0.0.0.0/0'), ToPort: 65535 }, { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    [
      'the world in IPv4 and in IPv6',
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
    ],
    [
      'ICMP echo with any code and with code 0',
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      { IpProtocol: 'icmp', FromPort: 8, ToPort: 0, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ],
    ['the same group id in two accounts', fromGroup('sg-2', '111122223333'), fromGroup('sg-2', '444455556666')],
    ['a block and its two halves', tcp(22, '10.0.0.0/8'), tcp(22, '10.0.0.0/9', '10.128.0.0/9')], // the access is equal, but the rules differ
  ])('diffPermissions finds a difference between %s', (_name, a, b) => {
    expect(diffPermissions([a], [b])).toEqual({ authorize: [a], revoke: [b], unchanged: [] });
  });

  it('if the lists name two accounts for a group id, diffPermissions treats the id without an account as a third group', () => {
    const required = [fromGroup('sg-2')];
    const actual = [fromGroup('sg-2', '111122223333'), fromGroup('sg-2', '444455556666')];

    expect(diffPermissions(required, actual).authorize).toEqual(
      required.map(() => ({ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-2' }] })),
    );
  });

  it('diffPermissions adds `accountId` to a source group without an account', () => {
    const options = { accountId: '111122223333' };

    expect(diffPermissions([fromGroup('sg-2')], [fromGroup('sg-2', '444455556666')], options).revoke).toHaveLength(1);
    expect(diffPermissions([fromGroup('sg-2')], [fromGroup('sg-2', '111122223333')], options)).toMatchObject(nothing);
  });
});

describe('diffPermissions returns permissions in canonical form', () => {
  it('diffPermissions groups rules by protocol and ports, as EC2 does, and sorts the permissions', () => {
    const required: IpPermission[] = [
      { IpProtocol: 'udp', FromPort: 53, ToPort: 53, UserIdGroupPairs: [{ GroupId: 'sg-9' }] },
      tcp(443, '192.0.2.0/24'),
      { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] },
      { ...tcp(443), Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }], IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      { IpProtocol: '50', FromPort: 0, ToPort: 0, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
    ];

    expect(diffPermissions(required, []).authorize).toStrictEqual([
      { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] },
      { ...tcp(443, '10.0.0.0/8', '192.0.2.0/24'), Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] },
      { IpProtocol: 'udp', FromPort: 53, ToPort: 53, UserIdGroupPairs: [{ GroupId: 'sg-9' }] },
      { IpProtocol: '50', IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
    ]);
  });

  it('diffPermissions keeps the required descriptions of rules to authorize, and the actual descriptions of rules to revoke', () => {
    const described = (port: number, Description: string): IpPermission => ({
      ...tcp(port),
      IpRanges: [{ CidrIp: '10.0.0.0/8', Description }],
      Ipv6Ranges: [{ CidrIpv6: '::/0', Description }],
      UserIdGroupPairs: [{ GroupId: 'sg-1', Description }],
      PrefixListIds: [{ PrefixListId: 'pl-1', Description }],
    });

    const diff = diffPermissions([described(80, 'wanted')], [described(22, 'stray')]);

    expect(diff).toEqual({ authorize: [described(80, 'wanted')], revoke: [described(22, 'stray')], unchanged: [] });
  });
});

it('diffPermissions refuses permissions that EC2 would refuse, with every problem of both lists', () => {
  const refuse = (): unknown => diffPermissions([{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.1' }] }], [{ IpProtocol: 'gre' }]);

  expect(refuse).toThrow(InvalidPermissionError);
  for (const place of ['required[0].FromPort', 'required[0].ToPort', 'required[0].IpRanges[0].CidrIp', 'actual[0].IpProtocol', 'actual[0]'])
    expect(refuse).toThrow(`\`${place}\`: found`);
});

describe('laws of diffPermissions', () => {
  it('diffPermissions finds no difference between a list and itself', () => {
    fc.assert(
      fc.property(permissions, (all) => {
        expect(diffPermissions(all, all)).toMatchObject(nothing);
      }),
    );
  });

  it('diffPermissions finds no difference after its result is applied', () => {
    fc.assert(
      fc.property(permissions, permissions, (required, actual) => {
        const { authorize, unchanged } = diffPermissions(required, actual);

        expect(diffPermissions(required, [...unchanged, ...authorize])).toMatchObject(nothing);
      }),
    );
  });

  it('diffPermissions returns each actual rule as either revoked or unchanged', () => {
    fc.assert(
      fc.property(permissions, permissions, (required, actual) => {
        const { revoke, unchanged } = diffPermissions(required, actual);

        expect(diffPermissions(actual, [...revoke, ...unchanged])).toMatchObject(nothing);
        expect(diffPermissions(revoke, unchanged).unchanged).toEqual([]);
      }),
    );
  });

  it('diffPermissions swaps the rules to authorize and the rules to revoke if the lists are swapped', () => {
    fc.assert(
      fc.property(permissions, permissions, (a, b) => {
        const there = diffPermissions(a, b);
        const back = diffPermissions(b, a);

        expect([back.authorize, back.revoke]).toEqual([there.revoke, there.authorize]);
      }),
    );
  });

  it('diffPermissions returns the same result if the sources are grouped into other permissions', () => {
    fc.assert(
      fc.property(permissions, permissions, (required, actual) => {
        expect(diffPermissions(required.flatMap(oneByOne).reverse(), actual.flatMap(oneByOne))).toEqual(diffPermissions(required, actual));
      }),
    );
  });
});
