import { formatRule } from './rule.js';
import { readSecurityGroup } from './security-group.js';

const said = (group: unknown, path?: string): readonly string[] => {
  const read = readSecurityGroup(group, path);
  if (!read.ok) return read.problems.map(({ code, path: where }) => `${code} ${where}`);
  return read.value.rules.map(formatRule);
};

const everybody = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const group = { GroupId: 'sg-1', OwnerId: '111122223333', IpPermissions: [], IpPermissionsEgress: [everybody] };

describe('readSecurityGroup reads an item of DescribeSecurityGroups', () => {
  it('readSecurityGroup returns ingress rules before egress rules', () => {
    const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };

    expect(said({ ...group, IpPermissions: [permission] })).toEqual(['tcp/22 from 10.0.0.0/8', 'all traffic to 0.0.0.0/0']);
  });

  it('readSecurityGroup adds the account of the owner to a source group without an account', () => {
    const UserIdGroupPairs = [{ GroupId: 'sg-2' }, { GroupId: 'sg-3', UserId: '444455556666' }];

    expect(said({ ...group, IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs }], IpPermissionsEgress: [] })).toEqual([
      'all traffic from sg-2 (account 111122223333)',
      'all traffic from sg-3 (account 444455556666)',
    ]);
  });

  it.each([null, 7])('readSecurityGroup adds no account to source groups if the owner of the group is %j', (OwnerId) => {
    const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-2' }] }];

    expect(said({ ...group, OwnerId, IpPermissions, IpPermissionsEgress: [] })).toEqual(['all traffic from sg-2']);
  });

  it('readSecurityGroup keeps the first of several equal rules, with its description', () => {
    const IpRanges = ['first', 'second'].map((Description) => ({ CidrIp: '10.0.0.0/8', Description }));
    const read = readSecurityGroup({ ...group, IpPermissions: [{ IpProtocol: '-1', IpRanges }], IpPermissionsEgress: [] });

    expect(read.ok && read.value.rules.map(({ description }) => description)).toEqual(['first']);
  });

  it('readSecurityGroup keeps descriptions as EC2 returned them', () => {
    const read = readSecurityGroup({
      ...group,
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'a % b' }] }],
    });

    expect(read).toMatchObject({ ok: true, value: { groupId: 'sg-1', rules: [{ description: 'a % b' }, {}] } });
  });

  it.each<[why: string, group: unknown, problems: readonly string[]]>([
    ['is an object', undefined, ['wrong-type group']],
    ['has an id', { ...group, GroupId: 'web' }, ['not-an-id group.GroupId']],
    // If an absent list counted as empty, the reader could miss rules.
    [
      'has both lists of permissions, even if the lists are empty',
      { GroupId: 'sg-1', IpPermissions: [] },
      ['wrong-type group.IpPermissionsEgress'],
    ],
    [
      'contains only valid permissions, and reports every problem with its path',
      {
        ...group,
        IpPermissions: [
          { IpProtocol: 'gre', IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
          { IpProtocol: 'tcp', ToPort: 22, IpRanges: [] },
        ],
      },
      [
        'unknown-protocol group.IpPermissions[0].IpProtocol',
        'missing-port group.IpPermissions[1].FromPort',
        'no-source group.IpPermissions[1]',
      ],
    ],
  ])('readSecurityGroup requires that a group %s', (_why, value, problems) => {
    expect(said(value)).toEqual(problems);
  });

  it('readSecurityGroup starts the path of each problem with the path that the caller gives', () => {
    expect(said(null, 'SecurityGroups[3]')).toEqual(['wrong-type SecurityGroups[3]']);
  });
});
