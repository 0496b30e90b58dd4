import * as fc from 'fast-check';
import { InvalidPermissionError } from './problem.js';
import { readRules, type ReadOptions } from './read-rules.js';
import { formatRule, ruleKey } from './rule.js';

const anyone = [{ CidrIp: '0.0.0.0/0' }];

const words = (permissions: unknown, options?: ReadOptions): string[] => {
  const read = readRules(permissions, options);
  if (!read.ok) throw new InvalidPermissionError(read.problems);
  return read.value.map(formatRule);
};

const problems = (permissions: unknown, options?: ReadOptions): string[] => {
  const read = readRules(permissions, options);
  if (read.ok) throw new Error('every permission was readable');
  return read.problems.map(({ code, path }) => `${code} ${path}`);
};

describe('readRules', () => {
  it('readRules returns one rule for each source: IPv4, IPv6, groups and prefix lists', () => {
    const permission = {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '10.1.2.3/8' }, { CidrIp: '192.0.2.0/24' }],
      Ipv6Ranges: [{ CidrIpv6: '2001:DB8::/32' }],
      UserIdGroupPairs: [{ GroupId: 'sg-2' }, { GroupId: 'sg-3', UserId: '111122223333' }],
      PrefixListIds: [{ PrefixListId: 'pl-1' }],
    };

    expect(words([permission])).toEqual([
      'tcp/443 from 10.0.0.0/8',
      'tcp/443 from 192.0.2.0/24',
      'tcp/443 from 2001:db8::/32',
      'tcp/443 from sg-2',
      'tcp/443 from sg-3 (account 111122223333)',
      'tcp/443 from pl-1',
    ]);
  });

  it.each([
    [{ IpProtocol: '6', FromPort: 80, ToPort: 81 }, 'tcp/80-81 from 0.0.0.0/0'],
    [{ IpProtocol: 'TCP', FromPort: 80, ToPort: 80 }, 'tcp/80 from 0.0.0.0/0'], // EC2 accepts upper case
    [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 65535 }, 'tcp/0-65535 from 0.0.0.0/0'], // all ports of tcp, not all traffic
    [{ IpProtocol: '17', FromPort: 53, ToPort: 53 }, 'udp/53 from 0.0.0.0/0'],
    [{ IpProtocol: '-1' }, 'all traffic from 0.0.0.0/0'],
    [{ IpProtocol: '-1', FromPort: 22, ToPort: 22 }, 'all traffic from 0.0.0.0/0'], // EC2 ignores the ports of `-1`
    [{ IpProtocol: '-1', FromPort: -1, ToPort: -1 }, 'all traffic from 0.0.0.0/0'],
    [{ IpProtocol: 'all', FromPort: null, ToPort: null }, 'all traffic from 0.0.0.0/0'], // null ports count as absent
    [{ IpProtocol: '1', FromPort: 8, ToPort: -1 }, 'icmp type 8 from 0.0.0.0/0'],
    [{ IpProtocol: 'icmp', FromPort: 3, ToPort: 4 }, 'icmp type 3 code 4 from 0.0.0.0/0'],
    [{ IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }, 'icmp any type from 0.0.0.0/0'],
    [{ IpProtocol: '58' }, 'icmpv6 any type from 0.0.0.0/0'], // icmpv6 does not need ports, unlike icmp
    [{ IpProtocol: 'icmpv6', FromPort: -1, ToPort: -1 }, 'icmpv6 any type from 0.0.0.0/0'],
    [{ IpProtocol: '50', FromPort: 1, ToPort: 2 }, 'protocol 50 from 0.0.0.0/0'], // EC2 ignores the ports of protocol 50
    [{ IpProtocol: '0' }, 'protocol 0 from 0.0.0.0/0'],
  ])('readRules reads %j as %s', (traffic, expected) => {
    expect(words([{ ...traffic, IpRanges: anyone }])).toEqual([expected]);
  });

  it.each([[{ Comment: 'x' }], [{ NewSources: [] }], [{ NewSources: null }], [{ Comment: { length: 1 } }]])(
    'readRules ignores %j beside known fields, because this unknown field has no sources',
    (unknown) => {
      expect(words([{ IpProtocol: '-1', IpRanges: anyone, ...unknown }])).toEqual(['all traffic from 0.0.0.0/0']);
    },
  );

  it('readRules reads rules of the given direction', () => {
    expect(words([{ IpProtocol: '-1', IpRanges: anyone }], { direction: 'egress' })).toEqual(['all traffic to 0.0.0.0/0']);
  });

  it('readRules adds the given account to a source group without an account', () => {
    const read = words([{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-2' }] }], { accountId: '111122223333' });

    expect(read).toEqual(['all traffic from sg-2 (account 111122223333)']);
  });

  it('readRules keeps descriptions, but drops an empty description', () => {
    const ranges = [
      { CidrIp: '10.0.0.0/8', Description: 'corp' },
      { CidrIp: '0.0.0.0/0', Description: '' },
    ];

    const read = readRules([{ IpProtocol: '-1', IpRanges: ranges }]);

    expect(read).toMatchObject({
      ok: true,
      value: [{ description: 'corp' }, expect.not.objectContaining({ description: expect.anything() as unknown })],
    });
  });

  it('readRules accepts a description of 255 characters, with every kind of character that EC2 allows', () => {
    const Description = 'azAZ09 ._-:/()#,@[]+=&;{}!$*'.padEnd(255, 'x');

    const read = readRules([{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description }] }]);

    expect(read).toMatchObject({ ok: true, value: [{ description: Description }] });
  });
});

describe('readRules refuses what EC2 would refuse:', () => {
  it.each([
    [{ IpProtocol: 'tcp', IpRanges: anyone }, ['missing-port p[0].FromPort', 'missing-port p[0].ToPort']],
    [
      { IpProtocol: 'tcp', FromPort: -1, ToPort: -1, IpRanges: anyone },
      ['port-out-of-range p[0].FromPort', 'port-out-of-range p[0].ToPort'],
    ],
    [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 65536, IpRanges: anyone }, ['port-out-of-range p[0].ToPort']],
    [{ IpProtocol: 'udp', FromPort: 90, ToPort: 9, IpRanges: anyone }, ['port-order p[0].ToPort']],
    [{ IpProtocol: 'tcp', FromPort: 80.5, ToPort: 81, IpRanges: anyone }, ['wrong-type p[0].FromPort']],
    [{ IpProtocol: 'tcp', FromPort: '80', ToPort: 81, IpRanges: anyone }, ['wrong-type p[0].FromPort']],
    [{ IpProtocol: 'icmp', IpRanges: anyone }, ['missing-port p[0].FromPort', 'missing-port p[0].ToPort']],
    [{ IpProtocol: 'icmpv6', FromPort: 128, IpRanges: anyone }, ['missing-port p[0].ToPort']],
    [
      { IpProtocol: 'icmp', FromPort: 256, ToPort: -2, IpRanges: anyone },
      ['icmp-out-of-range p[0].FromPort', 'icmp-out-of-range p[0].ToPort'],
    ],
    [{ IpProtocol: 'icmp', FromPort: -1, ToPort: 0, IpRanges: anyone }, ['icmp-code-without-type p[0].ToPort']],
    [{ IpProtocol: 'gre', IpRanges: anyone }, ['unknown-protocol p[0].IpProtocol']],
    [{ IpProtocol: '256', IpRanges: anyone }, ['unknown-protocol p[0].IpProtocol']],
    [{ IpProtocol: '06', IpRanges: anyone }, ['unknown-protocol p[0].IpProtocol']],
    [{ IpProtocol: 6, IpRanges: anyone }, ['wrong-type p[0].IpProtocol']],
    [{ IpRanges: anyone }, ['wrong-type p[0].IpProtocol']],
    [{ IpProtocol: '-1' }, ['no-source p[0]']],
    [{ IpProtocol: '-1', IpRanges: [], Ipv6Ranges: null }, ['no-source p[0]']],
    [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.1' }] }, ['missing-prefix-length p[0].IpRanges[0].CidrIp']],
    [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '::/0' }] }, ['wrong-family p[0].IpRanges[0].CidrIp']],
    [{ IpProtocol: '-1', IpRanges: [{ CidrIp: 'anywhere' }] }, ['not-a-cidr p[0].IpRanges[0].CidrIp']],
    [{ IpProtocol: '-1', IpRanges: ['10.0.0.0/8'] }, ['wrong-type p[0].IpRanges[0]']],
    [{ IpProtocol: '-1', IpRanges: '10.0.0.0/8' }, ['wrong-type p[0].IpRanges']],
    [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '10.0.0.0/8' }] }, ['wrong-family p[0].Ipv6Ranges[0].CidrIpv6']],
    [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::1' }] }, ['missing-prefix-length p[0].Ipv6Ranges[0].CidrIpv6']],
    [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIp: '::/0' }] }, ['wrong-type p[0].Ipv6Ranges[0].CidrIpv6']],
    [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupName: 'web' }] }, ['group-name-only p[0].UserIdGroupPairs[0].GroupName']],
    [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupName: 7 }] }, ['wrong-type p[0].UserIdGroupPairs[0].GroupId']],
    [
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'web', UserId: '1' }] },
      ['not-an-id p[0].UserIdGroupPairs[0].GroupId', 'not-an-id p[0].UserIdGroupPairs[0].UserId'],
    ],
    [{ IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'com.amazonaws.s3' }] }, ['not-an-id p[0].PrefixListIds[0].PrefixListId']],
    [{ IpProtocol: '-1', IpRange: anyone, PrefixListIds: [{ PrefixListId: 'pl-1' }] }, ['unknown-key p[0].IpRange']],
    [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'a % b' }] }, ['bad-description p[0].IpRanges[0].Description']],
    [
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'x'.repeat(256) }] },
      ['bad-description p[0].IpRanges[0].Description'],
    ],
    [null, ['wrong-type p[0]']],
    ['tcp', ['wrong-type p[0]']],
  ])('readRules refuses what EC2 would refuse: %j', (permission, expected) => {
    expect(problems([permission], { path: 'p' })).toEqual(expected);
  });

  it.each([[undefined], [null], [{}], ['[]'], [7]])('readRules refuses %j instead of a list', (permissions) => {
    expect(problems(permissions)).toEqual(['wrong-type permissions']);
  });

  it('readRules reports the problems of all permissions at once', () => {
    const permissions = [
      { IpProtocol: 'gre', FromPort: 'x', IpRanges: [{ CidrIp: '10.0.0.1' }, { CidrIp: '10.0.0.0/8' }] },
      null,
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'x' }], PrefixListIds: [{ PrefixListId: 'z' }] },
    ];

    expect(problems(permissions, { path: 'required' })).toEqual([
      'unknown-protocol required[0].IpProtocol',
      'missing-prefix-length required[0].IpRanges[0].CidrIp',
      'wrong-type required[1]',
      'not-an-id required[2].UserIdGroupPairs[0].GroupId',
      'not-an-id required[2].PrefixListIds[0].PrefixListId',
    ]);
  });
});

describe('readRules can trust a description that EC2 returned', () => {
  it('readRules accepts any description if the descriptions are trusted', () => {
    const permissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'a % b' }] }];

    expect(readRules(permissions, { descriptions: 'trusted' }).ok).toBe(true);
  });
});

describe('reading', () => {
  it('readRules never throws, for any input', () => {
    const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true, withDate: true });
    const likely = fc.record(
      {
        IpProtocol: fc.oneof(fc.constantFrom('tcp', '-1', 'icmp'), anything),
        FromPort: fc.oneof(fc.integer(), anything),
        ToPort: fc.oneof(fc.integer(), anything),
        IpRanges: fc.oneof(fc.array(fc.record({ CidrIp: fc.oneof(fc.ipV4(), anything), Description: anything })), anything),
        Ipv6Ranges: fc.oneof(fc.array(fc.record({ CidrIpv6: fc.oneof(fc.ipV6(), anything) })), anything),
        UserIdGroupPairs: fc.oneof(fc.array(fc.record({ GroupId: anything, UserId: anything })), anything),
        PrefixListIds: anything,
      },
      { requiredKeys: [] },
    );

    fc.assert(
      fc.property(fc.oneof(anything, fc.array(likely)), (value) => {
        const read = readRules(value);

        expect(read.ok ? read.value.map(ruleKey).length : read.problems.length).toBeGreaterThanOrEqual(read.ok ? 0 : 1);
      }),
    );
  });
});
