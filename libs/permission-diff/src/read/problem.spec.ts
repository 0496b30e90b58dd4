import { diffPermissions } from '../diff/diff-permissions.js';
import { formatProblem, InvalidPermissionError, offendingText } from './problem.js';
import { readRules } from './read-rules.js';

describe('offendingText describes', () => {
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
  ])('%s', (_, value, text) => {
    expect(offendingText(value)).toBe(text);
  });
});

it('an error has its name, and lists every problem in one line', () => {
  const act = () => diffPermissions([{ IpProtocol: 'tcp' }], []);

  expect(act).toThrow(InvalidPermissionError);
  expect(new InvalidPermissionError([])).toMatchObject({ name: 'InvalidPermissionError', message: '' });
  expect(act).toThrow(
    '`required[0].FromPort`: found `absent`, expected a port of 0 to 65535; `required[0].ToPort`: found `absent`, expected a port of 0 to 65535; ' +
      '`required[0]`: found `absent`, expected at least one source in `IpRanges`, `Ipv6Ranges`, `UserIdGroupPairs`, `PrefixListIds`',
  );
});

describe('a problem says what was expected', () => {
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
      ['`p[0].Sources`: found `list of 1`, expected no other lists than `IpRanges`, `Ipv6Ranges`, `UserIdGroupPairs`, `PrefixListIds`'],
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
      ['`p[0].ToPort`: found `8`, expected a port not below `FromPort`, 9'],
    ],
    [
      [{ IpProtocol: 'icmp', FromPort: -1, ToPort: 0, IpRanges: anyone }],
      ['`p[0].ToPort`: found `0`, expected -1, for any type has any code'],
    ],
  ])('for %j', (permissions, expected) => {
    const read = readRules(permissions, { path: 'p' });

    expect(read.ok ? [] : read.problems.map(formatProblem)).toEqual(expected);
  });

  it('for both the traffic and the source of a permission, and for every later permission', () => {
    const read = readRules([
      { IpProtocol: 'nothing', IpRanges: [{ CidrIp: 'x' }, { CidrIp: '10.0.0.0/8' }] },
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'x', UserId: 'y' }], PrefixListIds: [{ PrefixListId: 'z' }] },
    ]);

    expect(read.ok ? [] : read.problems.map(({ path }) => path)).toEqual([
      'permissions[0].IpProtocol',
      'permissions[0].IpRanges[0].CidrIp',
      'permissions[1].UserIdGroupPairs[0].GroupId',
      'permissions[1].UserIdGroupPairs[0].UserId',
      'permissions[1].PrefixListIds[0].PrefixListId',
    ]);
  });
});
