import { diffPermissions } from '../diff/diff-permissions.js';
import { readConfigItemRules } from './config-item.js';
import { formatPermissionProblem, InvalidPermissionError, permissionProblemText, type ReadResult } from './problem.js';
import { readRules } from './read-rules.js';
import { readCidr } from './read-source.js';
import { readSecurityGroup } from './security-group.js';
import { readSecurityGroupRule, readSecurityGroupRules } from './security-group-rule.js';

describe('permissionProblemText describes', () => {
  it.each<[string, unknown, string]>([
    ['an absent value', undefined, 'absent'],
    ['null', null, 'null'],
    ['a number', -1, '-1'],
    ['a boolean', false, 'false'],
    ['text as JSON', 'a "b"\n', '"a \\"b\\"\\n"'],
    ['a list by its length', [1, 2, 3], 'list of 3'],
    ['an object by its kind', { secret: 1 }, 'object'],
    ['a function by its kind', () => 1, 'function'],
    ['text that just fits', 'x'.repeat(118), `"${'x'.repeat(118)}"`],
    ['text that is one character too long', 'x'.repeat(119), `"${'x'.repeat(118)}…`],
    ['very long text', 'x'.repeat(100_000), `"${'x'.repeat(118)}…`],
  ])('permissionProblemText describes %s', (_, value, text) => {
    expect(permissionProblemText(value)).toBe(text);
  });
});

it('InvalidPermissionError has the name of its class, and a message with every problem in one line', () => {
  const act = () => diffPermissions([{ IpProtocol: 'tcp' }], []);

  expect(act).toThrow(InvalidPermissionError);
  expect(new InvalidPermissionError([])).toMatchObject({ name: 'InvalidPermissionError', message: '' });
  expect(act).toThrow(
    '`required[0].FromPort`: found `absent`, expected a port from 0 to 65535; `required[0].ToPort`: found `absent`, expected a port from 0 to 65535; ' +
      '`required[0]`: found `absent`, expected at least one source in `IpRanges`, `Ipv6Ranges`, `UserIdGroupPairs`, `PrefixListIds`',
  );
});

describe('the message of a problem says what was expected', () => {
  const anyone = [{ CidrIp: '0.0.0.0/0' }];

  it.each<[unknown, string[]]>([
    ['all', ['`p`: found `"all"`, expected a list of permissions']],
    [
      [7],
      [
        '`p[0]`: found `7`, expected an object with `IpProtocol` and at least one source in `IpRanges`, `Ipv6Ranges`, `UserIdGroupPairs`, `PrefixListIds`',
      ],
    ],
    [
      [{ IpProtocol: '-1', IpRanges: anyone, Sources: ['x'] }],
      ['`p[0].Sources`: found `list of 1`, expected only these lists: `IpRanges`, `Ipv6Ranges`, `UserIdGroupPairs`, `PrefixListIds`'],
    ],
    [[{ IpProtocol: '-1', IpRanges: 'x' }], ['`p[0].IpRanges`: found `"x"`, expected a list of sources']],
    [[{ IpProtocol: '-1', IpRanges: ['x'] }], ['`p[0].IpRanges[0]`: found `"x"`, expected an object with `CidrIp`']],
    [
      [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupName: '' }] }],
      ['`p[0].UserIdGroupPairs[0].GroupId`: found `absent`, expected the id of a security group, `sg-…`'],
    ],
    [
      [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 7, GroupName: 'web' }] }],
      ['`p[0].UserIdGroupPairs[0].GroupId`: found `7`, expected the id of a security group, `sg-…`'],
    ],
    [
      [{ IpProtocol: 'tcp', FromPort: 9, ToPort: 8, IpRanges: anyone }],
      ['`p[0].ToPort`: found `8`, expected a port of at least `FromPort`, which is 9'],
    ],
    [
      [{ IpProtocol: 'icmp', FromPort: 256, ToPort: -2, IpRanges: anyone }],
      [
        '`p[0].FromPort`: found `256`, expected an ICMP type from 0 to 255, or -1 for any type',
        '`p[0].ToPort`: found `-2`, expected an ICMP code from 0 to 255, or -1 for any code',
      ],
    ],
    [
      [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '::/0', Description: '%' }], Ipv6Ranges: [{ CidrIpv6: 7 }, { CidrIpv6: '::' }] }],
      [
        '`p[0].IpRanges[0].CidrIp`: found `"::/0"`, expected an IPv4 block such as `10.0.0.0/8`; IPv6 goes into `Ipv6Ranges`',
        '`p[0].IpRanges[0].Description`: found `"%"`, expected at most 255 characters from a-z, A-Z, 0-9, space and `._-:/()#,@[]+=&;{}!$*`',
        '`p[0].Ipv6Ranges[0].CidrIpv6`: found `7`, expected an IPv6 block such as `2001:db8::/32`; IPv4 goes into `IpRanges`',
        '`p[0].Ipv6Ranges[1].CidrIpv6`: found `"::"`, expected `::/128`, or a wider block',
      ],
    ],
    [
      [{ IpProtocol: 'icmp', FromPort: -1, ToPort: 0, IpRanges: anyone }],
      ['`p[0].ToPort`: found `0`, expected -1, because type -1 (any type) allows only code -1 (any code)'],
    ],
  ])('for the invalid permissions %j, each problem says what was expected', (permissions, expected) => {
    const read = readRules(permissions, { path: 'p' });

    expect(read.ok ? [] : read.problems.map(formatPermissionProblem)).toEqual(expected);
  });

  const all = { IpProtocol: '-1', ipProtocol: '-1' };
  const groupItem = { GroupId: 'sg-1', OwnerId: '111122223333', IpPermissions: [], IpPermissionsEgress: [] };
  const configuration = { groupId: 'sg-1', ownerId: '111122223333', ipPermissionsEgress: [] };

  it.each<[what: string, read: () => ReadResult<unknown>, expected: string[]]>([
    ['a block', () => readCidr('10.0.0.1', 'from'), ['`from`: found `"10.0.0.1"`, expected `10.0.0.1/32`, or a wider block']],
    ['no block', () => readCidr(7), ['`cidr`: found `7`, expected a block such as `10.0.0.0/8` or `::/0`']],
    [
      'an item of AWS Config without a configuration',
      () => readConfigItemRules({ configuration: null }),
      [
        '`configuration`: found `absent`, expected the configuration of the group, as an object or as JSON text; a deleted group has no configuration',
      ],
    ],
    ['an item of AWS Config', () => readConfigItemRules('x'), ['`item`: found `"x"`, expected a security group: an object']],
    [
      'permissions of AWS Config',
      () =>
        readConfigItemRules({
          ...configuration,
          ipPermissions: [
            { ...all, ipRanges: 'x' },
            { ...all, userIdGroupPairs: [{ groupName: 'web', description: 7 }], any: { item: 'x' } },
            { ipRanges: [[]] },
          ],
        }),
      [
        '`ipPermissions[0].ipRanges`: found `"x"`, expected a list of sources',
        '`ipPermissions[0]`: found `absent`, expected a source: a CIDR block, a prefix list or a group',
        '`ipPermissions[1].any`: found `object`, expected a list of sources of a known kind: IPv4, IPv6, prefix lists or groups',
        '`ipPermissions[1].userIdGroupPairs[0].groupName`: found `"web"`, expected the id of a security group, `sg-…`',
        '`ipPermissions[1].userIdGroupPairs[0].description`: found `7`, expected at most 255 characters from a-z, A-Z, 0-9, space and `._-:/()#,@[]+=&;{}!$*`',
        '`ipPermissions[2].ipProtocol`: found `absent`, expected a protocol as text: `tcp`, `udp`, `icmp`, `icmpv6`, a number from 0 to 255, or `-1` for all protocols',
        '`ipPermissions[2].ipRanges[0]`: found `list of 0`, expected an IPv4 block such as `10.0.0.0/8`; IPv6 goes into `Ipv6Ranges`',
      ],
    ],
    ['no group', () => readSecurityGroup(7), ['`group`: found `7`, expected a security group: an object']],
    [
      'a group with other values than an id and lists',
      () => readSecurityGroup({ ...groupItem, GroupId: 7, IpPermissions: 7 }),
      [
        '`group.GroupId`: found `7`, expected the id of a security group, `sg-…`',
        '`group.IpPermissions`: found `7`, expected a list of permissions, which may be empty',
      ],
    ],
    ['no list of rules', () => readSecurityGroupRules(7), ['`rules`: found `7`, expected a list of rules']],
    ['no rule', () => readSecurityGroupRule(7), ['`rule`: found `7`, expected a rule: an object']],
    [
      'a rule without a direction and a source',
      () => readSecurityGroupRule(all),
      [
        '`rule.IsEgress`: found `absent`, expected true or false',
        '`rule`: found `absent`, expected a source: a CIDR block, a prefix list or a group',
      ],
    ],
    [
      'a rule with several sources',
      () => readSecurityGroupRule({ ...all, IsEgress: false, CidrIpv4: '10.0.0.0/8', CidrIpv6: '::/0', PrefixListId: 'pl-1' }),
      ['`rule`: found `3 sources`, expected only one source: a CIDR block, a prefix list or a group'],
    ],
  ])('for an invalid document, %s, each problem says what was expected', (_what, readIt, expected) => {
    const read = readIt();

    expect(read.ok ? [] : read.problems.map(formatPermissionProblem)).toEqual(expected);
  });
});
