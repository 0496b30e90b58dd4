import { compareAccess } from './compare-access.js';
import { perms, words } from '../testing/notation.js';
import { InvalidPermissionError } from '../read/problem.js';

const missing = (required: string[], actual: string[]) => {
  const comparison = compareAccess(perms(...required), perms(...actual));
  // What is missing one way is in excess the other way round.
  expect(compareAccess(perms(...actual), perms(...required)).excess).toEqual(comparison.missing);
  return words(comparison.missing);
};

describe('different rules let in the same traffic', () => {
  it.each<[string, string[], string[]]>([
    ['two halves are the whole', ['tcp 22 from 0.0.0.0/0'], ['tcp 22 from 0.0.0.0/1', 'tcp 22 from 128.0.0.0/1']],
    ['of IPv6 as well', ['tcp 22 from ::/0'], ['tcp 22 from ::/1', 'tcp 22 from 8000::/1']],
    ['host bits say nothing', ['tcp 22 from 203.0.113.9/0'], ['tcp 22 from 0.0.0.0/0']],
    ['ports that touch', ['tcp 80-443 from 10.0.0.0/8'], ['tcp 80-200 from 10.0.0.0/8', 'tcp 201-443 from 10.0.0.0/8']],
    ['ports that overlap', ['tcp 1-9 from 10.0.0.0/8'], ['tcp 1-6 from 10.0.0.0/8', 'tcp 4-9 from 10.0.0.0/8']],
    ['a rule within another', ['tcp 1-9 from 10.0.0.0/8'], ['tcp 1-9 from 10.0.0.0/8', 'tcp 5 from 10.9.0.0/16']],
    [
      'a corner shared by ports and addresses',
      ['tcp 1-4 from 10.0.0.0/8'],
      ['tcp 1-4 from 10.0.0.0/9', 'tcp 1-2 from 10.128.0.0/9', 'tcp 3-4 from 10.128.0.0/9'],
    ],
    ['any code is every code of a type', ['icmp 8/-1 from ::/0', 'icmp 8/0 from ::/0'], ['icmp 8/-1 from ::/0']],
    ['any type is every type', ['icmp from ::/0'], ['icmp from ::/0', 'icmp 3/4 from ::/0']],
    ['all traffic holds every protocol', ['-1 from sg-1'], ['-1 from sg-1', '50 from sg-1', 'tcp 22 from sg-1']],
    ['a number is the protocol it names', ['6 22 from sg-1'], ['tcp 22 from sg-1']],
    ['ports beside `-1` say nothing', ['-1 22 from sg-1'], ['-1 from sg-1']],
    ['an account that only one side names', ['-1 from sg-1@111122223333'], ['-1 from sg-1']],
    ['nothing at all', [], []],
  ])('%s', (_why, required, actual) => {
    expect(compareAccess(perms(...required), perms(...actual))).toEqual({ missing: [], excess: [], equal: true });
  });
});

describe('what is missing is told exactly', () => {
  it.each<[string, string[], string[], string[]]>([
    ['everything, against nothing', ['tcp 80 from ::/0'], [], ['tcp 80 from ::/0']],
    [
      'the ports at both sides of a hole',
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
      'a hole in ports and addresses at once',
      ['tcp 1-9 from 10.0.0.0/8'],
      ['tcp 5 from 10.0.0.0/9'],
      ['tcp 1-4 from 10.0.0.0/8', 'tcp 5 from 10.128.0.0/9', 'tcp 6-9 from 10.0.0.0/8'],
    ],
    [
      'a block once for all its ports, though a wider one is missing on some',
      ['tcp 1-9 from 10.0.0.0/9', 'tcp 5 from 10.128.0.0/9'],
      [],
      ['tcp 1-4 from 10.0.0.0/9', 'tcp 5 from 10.0.0.0/8', 'tcp 6-9 from 10.0.0.0/9'],
    ],
    [
      'the protocols beside one of them, as runs of numbers',
      ['-1 from 10.0.0.0/8'],
      ['tcp 0-65535 from 10.0.0.0/8', 'udp 0-65535 from 10.0.0.0/8'],
      ['0-5 from 10.0.0.0/8', '7-16 from 10.0.0.0/8', '18-255 from 10.0.0.0/8'],
    ],
    [
      'the ports beside one of them, with all other protocols',
      ['-1 from 10.0.0.0/8'],
      ['tcp 22 from 10.0.0.0/8'],
      ['0-5 from 10.0.0.0/8', 'tcp 0-21 from 10.0.0.0/8', 'tcp 23-65535 from 10.0.0.0/8', '7-255 from 10.0.0.0/8'],
    ],
    [
      'a protocol alone between two others, by its number',
      ['-1 from sg-1'],
      ['0 from sg-1', '2 from sg-1', 'icmp from sg-1', '3 from sg-1', '5 from sg-1'],
      ['4 from sg-1', '6-255 from sg-1'],
    ],
    [
      'the ICMP types beside one of them',
      ['icmp from 10.0.0.0/8'],
      ['icmp 8/-1 from 10.0.0.0/8'],
      ['icmp type 0-7 code 0-255 from 10.0.0.0/8', 'icmp type 9-255 code 0-255 from 10.0.0.0/8'],
    ],
    [
      'the ICMP codes beside one of them',
      ['icmp 3/-1 from 10.0.0.0/8'],
      ['icmp 3/4 from 10.0.0.0/8'],
      ['icmp type 3 code 0-3 from 10.0.0.0/8', 'icmp type 3 code 5-255 from 10.0.0.0/8'],
    ],
    [
      'the types around a code',
      ['icmp from ::/0'],
      ['icmp 8/0 from ::/0'],
      ['icmp type 0-7 code 0-255 from ::/0', 'icmp type 8 code 1-255 from ::/0', 'icmp type 9-255 code 0-255 from ::/0'],
    ],
    [
      'the first code of the last type',
      ['58 from ::/0'],
      ['58 255/255 from ::/0', '58 0/0 from ::/0'],
      ['icmpv6 type 0 code 1-255 from ::/0', 'icmpv6 type 1-254 code 0-255 from ::/0', 'icmpv6 type 255 code 0-254 from ::/0'],
    ],
    ['ICMP is not TCP with ports', ['tcp 8 from ::/0'], ['icmp 8/8 from ::/0'], ['tcp 8 from ::/0']],
    ['UDP is not TCP', ['tcp 53 from ::/0'], ['udp 53 from ::/0'], ['tcp 53 from ::/0']],
    ['IPv6 is not IPv4', ['tcp 22 from 0.0.0.0/0'], ['tcp 22 from ::/0'], ['tcp 22 from 0.0.0.0/0']],
    ['a group is not its neighbour', ['tcp 22 from sg-1'], ['tcp 22 from sg-2'], ['tcp 22 from sg-1']],
    [
      'a group of another account is another group',
      ['tcp 22 from sg-1@111122223333'],
      ['tcp 22 from sg-1@444455556666'],
      ['tcp 22 from sg-1@111122223333'],
    ],
    ['a group is in no block', ['tcp 22 from sg-1'], ['tcp 22 from 0.0.0.0/0'], ['tcp 22 from sg-1']],
    ['a prefix list is in no block', ['tcp 22 from pl-1'], ['tcp 22 from 0.0.0.0/0'], ['tcp 22 from pl-1']],
    [
      'the ports of a group around a hole',
      ['tcp 20-30 from sg-1 pl-1'],
      ['tcp 22 from sg-1', 'tcp 30 from pl-1'],
      ['tcp 20-21 from sg-1', 'tcp 20-29 from pl-1', 'tcp 23-30 from sg-1'],
    ],
    [
      'a single address beside its other half',
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
      'IPv6 blocks across the words of an address',
      ['tcp 22 from 2001:db8::/30'],
      ['tcp 22 from 2001:db8::/33'],
      ['tcp 22 from 2001:db8:8000::/33', 'tcp 22 from 2001:db9::/32', 'tcp 22 from 2001:dba::/31'],
    ],
  ])('%s', (_why, required, actual, expected) => {
    expect(missing(required, actual)).toEqual(expected);
  });

  it('puts ranges in order of protocol number, ports and then source', () => {
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

  it('tells what is missing and what is in excess at once', () => {
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

  it('gives plain data that survives JSON', () => {
    const comparison = compareAccess(perms('-1 from 10.0.0.0/8 sg-1@111122223333 pl-1'), perms('icmp 8/0 from sg-2'));

    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
  });
});

describe('groups and prefix lists whose addresses are given', () => {
  it('are what they hold', () => {
    const addresses = { 'sg-1': ['10.0.0.0/9', '10.128.0.0/9'], 'pl-1': ['10.0.0.0/8', '2001:db8::/32'] };

    const { missing, excess } = compareAccess(perms('tcp 22 from sg-1'), perms('tcp 22 from pl-1'), { addresses });

    expect(words(missing)).toEqual([]);
    expect(words(excess)).toEqual(['tcp 22 from 2001:db8::/32']);
  });

  it('let in nobody when they are empty', () => {
    expect(compareAccess(perms('tcp 22 from pl-1'), [], { addresses: { 'pl-1': [] } }).equal).toBe(true);
  });

  it('are known by their id, whatever account a permission names', () => {
    const addresses = { 'sg-1': ['10.0.0.5/32'] };

    const { equal } = compareAccess(perms('tcp 22 from sg-1@111122223333'), perms('tcp 22 from 10.0.0.5/32'), {
      addresses,
    });

    expect(equal).toBe(true);
  });

  it('stay opaque when it is others whose addresses are given', () => {
    const addresses = { 'sg-2': ['0.0.0.0/0'] };

    const { excess } = compareAccess([], perms('tcp 22 from sg-1'), { addresses });

    expect(words(excess)).toEqual(['tcp 22 from sg-1']);
  });
});

describe('bad input', () => {
  const problemsOf = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      if (error instanceof InvalidPermissionError) return error.problems.map(({ code, path }) => `${code} ${path}`);
      throw error;
    }
    return [];
  };

  it('is refused with the problems of both lists and of the addresses at once', () => {
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
    [[], 'wrong-type addresses'],
    ['sg-1', 'wrong-type addresses'],
    [{ 'sg-1': '10.0.0.0/8' }, 'wrong-type addresses["sg-1"]'],
    [{ 'sg-1': [null] }, 'wrong-type addresses["sg-1"][0]'],
  ])('refuses %j as addresses', (addresses, expected) => {
    const options = { addresses } as { addresses: Record<string, string[]> };

    expect(problemsOf(() => compareAccess([], [], options))).toEqual([expected]);
  });

  it('takes `accountId` for groups that name no account', () => {
    const { missing } = compareAccess(perms('tcp 22 from sg-1'), [], { accountId: '111122223333' });

    expect(words(missing)).toEqual(['tcp 22 from sg-1@111122223333']);
  });
});

describe('access is equal', () => {
  it.each<[string, string[], string[], boolean]>([
    ['when nothing is missing and nothing is in excess', ['tcp 22 from 10.0.0.0/8'], ['tcp 22 from 10.0.0.0/8'], true],
    ['not when something is missing', ['tcp 22 from 10.0.0.0/8'], [], false],
    ['not when something is in excess', [], ['tcp 22 from 10.0.0.0/8'], false],
    ['when there is none', [], [], true],
  ])('%s', (_, required, actual, equal) => {
    expect(compareAccess(perms(...required), perms(...actual)).equal).toBe(equal);
  });
});
