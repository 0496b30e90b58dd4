import { compareAccess } from './compare-access.js';
import { perms, words } from '../testing/notation.js';
import { InvalidPermissionError } from '../rules/problem.js';

const missing = (required: string[], actual: string[]) => {
  const comparison = compareAccess(perms(...required), perms(...actual));
  // If the lists are swapped, the missing traffic becomes the excess traffic.
  const swapped = compareAccess(perms(...actual), perms(...required));
  expect([swapped.excess, swapped.equal]).toEqual([comparison.missing, false]);
  expect(comparison.equal).toBe(false);
  return words(comparison.missing);
};

describe('compareAccess finds equal access in different rules', () => {
  it.each<[string, string[], string[]]>([
    ['two halves of IPv4', ['tcp 22 from 0.0.0.0/0'], ['tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1']],
    ['two halves of IPv6', ['tcp 22 from ::/0'], ['tcp 22 from ::/1', 'tcp 22 from 8000::/1']],
    ['a block with host bits', ['tcp 22 from 203.0.113.9/0'], ['tcp 22 from 0.0.0.0/0']],
    ['adjacent port ranges', ['tcp 80-443 from 10.0.0.0/8'], ['tcp 80-200 from 10.0.0.0/8', 'tcp 201-443 from 10.0.0.0/8']],
    ['overlapping port ranges', ['tcp 1-9 from 10.0.0.0/8'], ['tcp 1-6 from 10.0.0.0/8', 'tcp 4-9 from 10.0.0.0/8']],
    ['a rule inside another rule', ['tcp 1-9 from 10.0.0.0/8'], ['tcp 1-9 from 10.0.0.0/8', 'tcp 5 from 10.9.0.0/16']],
    [
      'a rectangle of ports and addresses in three parts',
      ['tcp 1-4 from 10.0.0.0/8'],
      ['tcp 1-4 from 10.0.0.0/9', 'tcp 1-2 from 10.128.0.0/9', 'tcp 3-4 from 10.128.0.0/9'],
    ],
    ['a single ICMP code beside any code of its type', ['icmp 8/-1 from ::/0', 'icmp 8/0 from ::/0'], ['icmp 8/-1 from ::/0']],
    ['a single ICMP type beside any type', ['icmp from ::/0'], ['icmp from ::/0', 'icmp 3/4 from ::/0']],
    ['single protocols beside all traffic', ['-1 from sg-1'], ['-1 from sg-1', '50 from sg-1', 'tcp 22 from sg-1']],
    ['a protocol by its number', ['6 22 from sg-1'], ['tcp 22 from sg-1']],
    ['ports beside protocol `-1`', ['-1 22 from sg-1'], ['-1 from sg-1']],
    ['a group source with an account on only one side', ['-1 from sg-1@111122223333'], ['-1 from sg-1']],
    ['two empty lists', [], []],
  ])('compareAccess finds equal access in different rules: %s', (_why, required, actual) => {
    expect(compareAccess(perms(...required), perms(...actual))).toEqual({ missing: [], excess: [], equal: true });
  });
});

describe('compareAccess returns exactly the missing traffic', () => {
  it.each<[string, string[], string[], string[]]>([
    ['everything if the actual list is empty', ['tcp 80 from ::/0'], [], ['tcp 80 from ::/0']],
    [
      'the ports on both sides of a hole',
      ['tcp 80-443 from 0.0.0.0/0'],
      ['tcp 100-200 from 0.0.0.0/0'],
      ['tcp 80-99 from 0.0.0.0/0', 'tcp 201-443 from 0.0.0.0/0'],
    ],
    [
      'the addresses around a hole, as the widest blocks',
      ['tcp 22 from 10.0.0.0/8'],
      ['tcp 22 from 10.64.0.0/10'],
      ['tcp 22 from 10.0.0.0/10', 'tcp 22 from 10.128.0.0/9'],
    ],
    [
      'the addresses around two halves of a hole, once, if the halves end at different ports',
      ['tcp 1-9 from 10.0.0.0/8'],
      ['tcp 3-5 from 10.0.0.0/10', 'tcp 4-7 from 10.64.0.0/10'],
      [
        'tcp 1-2 from 10.0.0.0/8',
        'tcp 3 from 10.64.0.0/10',
        'tcp 3-7 from 10.128.0.0/9',
        'tcp 6-7 from 10.0.0.0/10',
        'tcp 8-9 from 10.0.0.0/8',
      ],
    ],
    [
      'a hole in ports and addresses at once',
      ['tcp 1-9 from 10.0.0.0/8'],
      ['tcp 5 from 10.0.0.0/9'],
      ['tcp 1-4 from 10.0.0.0/8', 'tcp 5 from 10.128.0.0/9', 'tcp 6-9 from 10.0.0.0/8'],
    ],
    [
      'a wider block for the one port where two adjacent blocks are missing',
      ['tcp 1-9 from 10.0.0.0/9', 'tcp 5 from 10.128.0.0/9'],
      [],
      ['tcp 1-4 from 10.0.0.0/9', 'tcp 5 from 10.0.0.0/8', 'tcp 6-9 from 10.0.0.0/9'],
    ],
    [
      'the other protocols, as runs of numbers',
      ['-1 from 10.0.0.0/8'],
      ['tcp 0-65535 from 10.0.0.0/8', 'udp 0-65535 from 10.0.0.0/8'],
      ['0-5 from 10.0.0.0/8', '7-16 from 10.0.0.0/8', '18-255 from 10.0.0.0/8'],
    ],
    [
      'the other ports, and all other protocols',
      ['-1 from 10.0.0.0/8'],
      ['tcp 22 from 10.0.0.0/8'],
      ['0-5 from 10.0.0.0/8', 'tcp 0-21 from 10.0.0.0/8', 'tcp 23-65535 from 10.0.0.0/8', '7-255 from 10.0.0.0/8'],
    ],
    [
      'a protocol between two actual protocols, by its number',
      ['-1 from sg-1'],
      ['0 from sg-1', '2 from sg-1', 'icmp from sg-1', '3 from sg-1', '5 from sg-1'],
      ['4 from sg-1', '6-255 from sg-1'],
    ],
    [
      'the other ICMP types',
      ['icmp from 10.0.0.0/8'],
      ['icmp 8/-1 from 10.0.0.0/8'],
      ['icmp type 0-7 code 0-255 from 10.0.0.0/8', 'icmp type 9-255 code 0-255 from 10.0.0.0/8'],
    ],
    [
      'the other ICMP codes',
      ['icmp 3/-1 from 10.0.0.0/8'],
      ['icmp 3/4 from 10.0.0.0/8'],
      ['icmp type 3 code 0-3 from 10.0.0.0/8', 'icmp type 3 code 5-255 from 10.0.0.0/8'],
    ],
    [
      'the other ICMP types, and the other codes of the same type',
      ['icmp from ::/0'],
      ['icmp 8/0 from ::/0'],
      ['icmp type 0-7 code 0-255 from ::/0', 'icmp type 8 code 1-255 from ::/0', 'icmp type 9-255 code 0-255 from ::/0'],
    ],
    [
      'everything except the first code of the first type and the last code of the last type',
      ['58 from ::/0'],
      ['58 255/255 from ::/0', '58 0/0 from ::/0'],
      ['icmpv6 type 0 code 1-255 from ::/0', 'icmpv6 type 1-254 code 0-255 from ::/0', 'icmpv6 type 255 code 0-254 from ::/0'],
    ],
    ['ICMP is not TCP with ports', ['tcp 8 from ::/0'], ['icmp 8/8 from ::/0'], ['tcp 8 from ::/0']],
    ['UDP is not TCP', ['tcp 53 from ::/0'], ['udp 53 from ::/0'], ['tcp 53 from ::/0']],
    ['IPv6 is not IPv4', ['tcp 22 from 0.0.0.0/0'], ['tcp 22 from ::/0'], ['tcp 22 from 0.0.0.0/0']],
    ['one group is not another group', ['tcp 22 from sg-1'], ['tcp 22 from sg-2'], ['tcp 22 from sg-1']],
    [
      'a group id in another account is another group',
      ['tcp 22 from sg-1@111122223333'],
      ['tcp 22 from sg-1@444455556666'],
      ['tcp 22 from sg-1@111122223333'],
    ],
    ['a group is not part of any block', ['tcp 22 from sg-1'], ['tcp 22 from 0.0.0.0/0'], ['tcp 22 from sg-1']],
    ['a prefix list is not part of any block', ['tcp 22 from pl-1'], ['tcp 22 from 0.0.0.0/0'], ['tcp 22 from pl-1']],
    [
      'the ports of a group and of a prefix list around a hole',
      ['tcp 20-30 from sg-1 pl-1'],
      ['tcp 22 from sg-1', 'tcp 30 from pl-1'],
      ['tcp 20-21 from sg-1', 'tcp 20-29 from pl-1', 'tcp 23-30 from sg-1'],
    ],
    [
      'one of two adjacent addresses',
      ['tcp 22 from 255.255.255.254/31'],
      ['tcp 22 from 255.255.255.255/32'],
      ['tcp 22 from 255.255.255.254/32'],
    ],
    [
      'the last IPv6 address',
      ['tcp 22 from ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127'],
      ['tcp 22 from ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/128'],
      ['tcp 22 from ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'],
    ],
    [
      'IPv6 blocks across a 32-bit boundary',
      ['tcp 22 from 2001:db8::/30'],
      ['tcp 22 from 2001:db8::/33'],
      ['tcp 22 from 2001:db8:8000::/33', 'tcp 22 from 2001:db9::/32', 'tcp 22 from 2001:dba::/31'],
    ],
    [
      'a source that the other list repeats',
      ['tcp 22 from ::/0', 'tcp 22 from sg-1'],
      ['tcp 22 from ::/0', 'tcp 22 from ::/0'],
      ['tcp 22 from sg-1'],
    ],
  ])('compareAccess returns exactly the missing traffic: %s', (_why, required, actual, expected) => {
    expect(missing(required, actual)).toEqual(expected);
  });

  it('compareAccess sorts ranges by protocol number, then by ports, then by source', () => {
    const required = perms(
      'udp 53 from pl-1 sg-2 sg-1 ::/0 10.0.0.0/8 9.0.0.0/8',
      'tcp 443 from 10.0.0.0/8',
      'tcp 22-23 from 10.0.0.0/8',
      'tcp 22 from 172.16.0.0/12',
      'icmp from 10.0.0.0/8',
      '-1 from sg-3',
      '50 from sg-3 sg-1',
    );

    expect(words(compareAccess(required, []).missing)).toEqual([
      '-1 from sg-3',
      'icmp type 0-255 code 0-255 from 10.0.0.0/8',
      'tcp 22 from 172.16.0.0/12',
      'tcp 22-23 from 10.0.0.0/8',
      'tcp 443 from 10.0.0.0/8',
      'udp 53 from 9.0.0.0/8',
      'udp 53 from 10.0.0.0/8',
      'udp 53 from ::/0',
      'udp 53 from sg-1',
      'udp 53 from sg-2',
      'udp 53 from pl-1',
      '50 from sg-1',
    ]);
  });

  it('compareAccess sorts the sources of a range, even if the traffic from the first source ends later', () => {
    const required = perms('-1 from 10.0.0.0/8', 'tcp 51-65535 from 172.16.0.0/12');
    const { missing } = compareAccess(required, perms('tcp 50 from 10.0.0.0/8'));

    expect(words(missing).filter((range) => range.startsWith('tcp 51'))).toEqual([
      'tcp 51-65535 from 10.0.0.0/8',
      'tcp 51-65535 from 172.16.0.0/12',
    ]);
  });

  it('compareAccess returns the missing and the excess traffic in one answer', () => {
    const { missing, excess, equal } = compareAccess(
      perms('tcp 80 from 0.0.0.0/0', 'tcp 443 from 0.0.0.0/0'),
      perms('tcp 79-80 from 0.0.0.0/1', 'tcp 443 from 0.0.0.0/0'),
    );

    expect({ missing: words(missing), excess: words(excess), equal }).toEqual({
      missing: ['tcp 80 from 128.0.0.0/1'],
      excess: ['tcp 79 from 0.0.0.0/1'],
      equal: false,
    });
  });

  it('compareAccess returns plain data that stays the same after a conversion to JSON and back', () => {
    const comparison = compareAccess(perms('-1 from 10.0.0.0/8 sg-1@111122223333 pl-1'), perms('icmp 8/0 from sg-2'));

    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
  });
});

describe('compareAccess uses the known addresses of groups and prefix lists', () => {
  it('compareAccess replaces groups and prefix lists by their given addresses', () => {
    const addresses = { 'sg-1': ['10.0.0.0/9', '10.128.0.0/9'], 'pl-1': ['10.0.0.0/8', '2001:db8::/32'] };

    const { missing, excess } = compareAccess(perms('tcp 22 from sg-1'), perms('tcp 22 from pl-1'), { addresses });

    expect(words(missing)).toEqual([]);
    expect(words(excess)).toEqual(['tcp 22 from 2001:db8::/32']);
  });

  it('a prefix list with an empty list of addresses lets in nobody', () => {
    expect(compareAccess(perms('tcp 22 from pl-1'), [], { addresses: { 'pl-1': [] } }).equal).toBe(true);
  });

  it('compareAccess finds the addresses of a group by its id, even if a permission names the account of the group', () => {
    const addresses = { 'sg-1': ['10.0.0.5/32'] };

    const { equal } = compareAccess(perms('tcp 22 from sg-1@111122223333'), perms('tcp 22 from 10.0.0.5/32'), {
      addresses,
    });

    expect(equal).toBe(true);
  });

  it('a group equals only itself if `addresses` contains only other groups', () => {
    const addresses = { 'sg-2': ['0.0.0.0/0'] };

    const { excess } = compareAccess([], perms('tcp 22 from sg-1'), { addresses });

    expect(words(excess)).toEqual(['tcp 22 from sg-1']);
  });
});

describe('invalid input', () => {
  const problemsOf = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      if (error instanceof InvalidPermissionError) return error.problems.map(({ code, path }) => `${code} ${path}`);
      throw error;
    }
    return [];
  };

  it('compareAccess refuses invalid input with the problems of both lists and of the addresses at once', () => {
    const required = [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.0' }] }];
    const actual = [{ IpProtocol: 'nope', Ipv6Ranges: [{ CidrIpv6: '::/129' }] }];
    const addresses = { 'sg-1': ['10.0.0.5'], 'pl-1': ['fe80::1'], group: ['::/0'], 'sg-2': ['here'] };

    expect(problemsOf(() => compareAccess(required, actual, { addresses }))).toEqual([
      'missing-port required[0].FromPort',
      'missing-port required[0].ToPort',
      'missing-prefix-length required[0].IpRanges[0].CidrIp',
      'unknown-protocol actual[0].IpProtocol',
      'not-a-cidr actual[0].Ipv6Ranges[0].CidrIpv6',
      'missing-prefix-length addresses["sg-1"][0]',
      'missing-prefix-length addresses["pl-1"][0]',
      'not-an-id addresses["group"]',
      'not-a-cidr addresses["sg-2"][0]',
    ]);
  });

  it.each<[unknown, string]>([
    [[], '`addresses`: found `list of 0`, expected an object with a list of blocks for each id of a group or prefix list'],
    ['sg-1', '`addresses`: found `"sg-1"`, expected an object with a list of blocks for each id of a group or prefix list'],
    [{ web: [] }, '`addresses["web"]`: found `"web"`, expected the id of a security group, `sg-…`, or the id of a prefix list, `pl-…`'],
    [{ 'sg-1': '10.0.0.0/8' }, '`addresses["sg-1"]`: found `"10.0.0.0/8"`, expected a list of blocks'],
    [{ 'sg-1': [null] }, '`addresses["sg-1"][0]`: found `null`, expected a block such as `10.0.0.0/8` or `::/0`'],
  ])('compareAccess refuses %j as addresses', (addresses, expected) => {
    const options = { addresses } as { addresses: Record<string, string[]> };

    expect(() => compareAccess([], [], options)).toThrow(new Error(expected));
  });

  it('compareAccess adds `accountId` to source groups without an account', () => {
    const { missing } = compareAccess(perms('tcp 22 from sg-1'), [], { accountId: '111122223333' });

    expect(words(missing)).toEqual(['tcp 22 from sg-1@111122223333']);
  });
});
