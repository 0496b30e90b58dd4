import { formatProblem } from './problem.js';
import { formatRule } from '../rule/rule.js';
import { readConfigItem } from './config-item.js';

const group = { groupId: 'sg-1', ownerId: '111122223333', ipPermissions: [], ipPermissionsEgress: [] };

const said = (item: unknown): readonly string[] => {
  const read = readConfigItem(item);
  if (!read.ok) return read.problems.map(({ code, path }) => `${code} ${path}`);
  return read.value.rules.map((rule) => `${formatRule(rule)} ${rule.description ?? ''}`.trimEnd());
};

describe('a configuration of AWS Config', () => {
  it.each<[why: string, permission: object, rules: readonly string[]]>([
    [
      'names a block as an object and as a text, and means one rule',
      {
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        ipv4Ranges: [{ cidrIp: '10.0.0.0/8', description: 'corp' }],
        ipRanges: ['10.0.0.0/8'],
      },
      ['tcp/443 from 10.0.0.0/8 corp'],
    ],
    [
      'has texts only in its oldest version',
      { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: ['10.0.0.0/8', '192.0.2.0/24'], userIdGroupPairs: [] },
      ['tcp/22 from 10.0.0.0/8', 'tcp/22 from 192.0.2.0/24'],
    ],
    [
      'has null for the ports of all traffic in an old version',
      { ipProtocol: '-1', fromPort: null, toPort: null, ipRanges: ['0.0.0.0/0'], userIdGroupPairs: null },
      ['all traffic from 0.0.0.0/0'],
    ],
    [
      'leaves the ports of all traffic out in a new one',
      { ipProtocol: '-1', ipv4Ranges: [], ipRanges: [], ipv6Ranges: [{ cidrIpv6: '::/0' }], prefixListIds: [] },
      ['all traffic from ::/0'],
    ],
    [
      'unites the two forms where they differ: either may hold what the other has not',
      { ipProtocol: '-1', ipv4Ranges: [{ cidrIp: '10.0.0.0/8' }], ipRanges: ['10.0.0.0/8', '192.0.2.0/24'] },
      ['all traffic from 10.0.0.0/8', 'all traffic from 192.0.2.0/24'],
    ],
    [
      'has null for what a group source does not use',
      {
        ipProtocol: '-1',
        userIdGroupPairs: [
          {
            groupId: 'sg-2',
            groupName: null,
            userId: '444455556666',
            vpcId: null,
            peeringStatus: null,
            description: 'peer',
          },
          { groupId: 'sg-3' },
        ],
      },
      // The one that names no account is of the owner's.
      ['all traffic from sg-2 (account 444455556666) peer', 'all traffic from sg-3 (account 111122223333)'],
    ],
    [
      'names prefix lists',
      { ipProtocol: 'udp', fromPort: 53, toPort: 53, prefixListIds: [{ prefixListId: 'pl-1', description: 'dns' }] },
      ['udp/53 from pl-1 dns'],
    ],
  ])('%s', (_why, permission, rules) => {
    const configuration = { ...group, ipPermissions: [permission] };

    expect(said({ configuration })).toEqual(rules);
    expect(said({ configuration: JSON.stringify(configuration) })).toEqual(rules);
    expect(said(configuration)).toEqual(rules);
  });

  it('lists ingress before egress', () => {
    const permission = { ipProtocol: '-1', ipRanges: ['0.0.0.0/0'] };

    expect(said({ ...group, ipPermissions: [permission], ipPermissionsEgress: [permission] })).toEqual([
      'all traffic from 0.0.0.0/0',
      'all traffic to 0.0.0.0/0',
    ]);
  });

  it('is of the group that it names', () => {
    expect(readConfigItem({ configuration: group })).toEqual({ ok: true, value: { groupId: 'sg-1', rules: [] } });
  });
});

describe('refused is', () => {
  const permission = { ipProtocol: 'tcp', fromPort: 443, toPort: 443 };

  it.each<[why: string, item: unknown, problems: readonly string[]]>([
    // Read as a group without rules, it would be taken for one that lost them all.
    [
      'the item of a deleted group',
      { configurationItemStatus: 'ResourceDeleted', configuration: null },
      ['no-configuration configuration'],
    ],
    ['an item without a configuration', { resourceId: 'sg-1' }, ['no-configuration configuration']],
    ['an item that is none', null, ['wrong-type item']],
    ['a list', [], ['wrong-type item']],
    ['a configuration that is no JSON', { configuration: '{"groupId"' }, ['wrong-type configuration']],
    ['a configuration that is JSON of no group', { configuration: '7' }, ['wrong-type configuration']],
    [
      'another kind of resource',
      { configuration: { groupId: 'vpc-1', ipPermissions: [], ipPermissionsEgress: [] } },
      ['not-an-id configuration.groupId'],
    ],
    [
      'a configuration that has lost its rules',
      { configuration: { groupId: 'sg-1', ownerId: '111122223333' } },
      ['wrong-type configuration.ipPermissions', 'wrong-type configuration.ipPermissionsEgress'],
    ],
    [
      'every permission that EC2 would refuse, at once and each at its place',
      {
        configuration: {
          ...group,
          ipPermissions: [
            { ...permission, ipRanges: ['10.0.0.0'] },
            { ...permission, toPort: 70000, ipv6Ranges: [{ cidrIpv6: '10.0.0.0/8' }] },
          ],
        },
      },
      [
        'missing-prefix-length configuration.ipPermissions[0].ipRanges[0]',
        'port-out-of-range configuration.ipPermissions[1].toPort',
        'wrong-family configuration.ipPermissions[1].ipv6Ranges[0].cidrIpv6',
      ],
    ],
    [
      'a kind of source that we do not know',
      { ...group, ipPermissions: [{ ...permission, ipRanges: ['10.0.0.0/8'], ipv8Ranges: [{ cidr: 'x' }] }] },
      ['unknown-key ipPermissions[0].ipv8Ranges'],
    ],
    [
      'a kind of source that we do not know, as an object',
      { ...group, ipPermissions: [{ ...permission, ipRanges: ['10.0.0.0/8'], anySource: { item: 'x' } }] },
      ['unknown-key ipPermissions[0].anySource'],
    ],
    ['a permission for nobody', { ...group, ipPermissionsEgress: [permission] }, ['no-source ipPermissionsEgress[0]']],
  ])('%s', (_why, item, problems) => {
    expect(said(item)).toEqual(problems);
  });

  it('with words that say what would be right', () => {
    const read = readConfigItem({ configuration: null });

    expect(read.ok ? [] : read.problems.map(formatProblem)).toEqual([
      '`configuration`: found `absent`, expected what the group holds, as an object or as JSON text: the item of a deleted group has nothing',
    ]);
  });
});
