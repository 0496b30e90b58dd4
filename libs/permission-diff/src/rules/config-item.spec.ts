import { formatRule } from './rule.js';
import { readConfigItemRules } from './config-item.js';

const group = { groupId: 'sg-1', ownerId: '111122223333', ipPermissions: [], ipPermissionsEgress: [] };

const said = (item: unknown): readonly string[] => {
  const read = readConfigItemRules(item);
  if (!read.ok) return read.problems.map(({ code, path }) => `${code} ${path}`);
  return read.value.rules.map((rule) => `${formatRule(rule)} ${rule.description ?? ''}`.trimEnd());
};

describe('readConfigItemRules', () => {
  it.each<[why: string, permission: object, rules: readonly string[]]>([
    [
      'reads a block as one rule if it appears both as an object and as text',
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
      'reads the oldest version, which has blocks only as text',
      { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: ['10.0.0.0/8', '192.0.2.0/24'], userIdGroupPairs: [] },
      ['tcp/22 from 10.0.0.0/8', 'tcp/22 from 192.0.2.0/24'],
    ],
    [
      'reads all traffic of an old version, which has null as its ports',
      { ipProtocol: '-1', fromPort: null, toPort: null, ipRanges: ['0.0.0.0/0'], userIdGroupPairs: null },
      ['all traffic from 0.0.0.0/0'],
    ],
    [
      'reads all traffic of a new version, which has no ports',
      { ipProtocol: '-1', ipv4Ranges: [], ipRanges: [], ipv6Ranges: [{ cidrIpv6: '::/0' }], prefixListIds: [] },
      ['all traffic from ::/0'],
    ],
    [
      'reads the blocks of both forms if the forms differ',
      { ipProtocol: '-1', ipv4Ranges: [{ cidrIp: '10.0.0.0/8' }], ipRanges: ['10.0.0.0/8', '192.0.2.0/24'] },
      ['all traffic from 10.0.0.0/8', 'all traffic from 192.0.2.0/24'],
    ],
    [
      'ignores null in the unused fields of a source group',
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
      // The item names no account for `sg-3`, so `sg-3` gets the account of the group's owner.
      ['all traffic from sg-2 (account 444455556666) peer', 'all traffic from sg-3 (account 111122223333)'],
    ],
    [
      'reads a text in any list of sources as the block or id',
      { ipProtocol: '-1', ipv6Ranges: ['::/0'], userIdGroupPairs: ['sg-2'], prefixListIds: ['pl-1'] },
      ['all traffic from ::/0', 'all traffic from pl-1', 'all traffic from sg-2 (account 111122223333)'],
    ],
    [
      'ignores an empty list or object with an unknown name, because it names no source',
      { ipProtocol: '-1', ipRanges: ['0.0.0.0/0'], newSources: [], newSource: {}, comment: 'x' },
      ['all traffic from 0.0.0.0/0'],
    ],
    [
      'reads prefix lists',
      { ipProtocol: 'udp', fromPort: 53, toPort: 53, prefixListIds: [{ prefixListId: 'pl-1', description: 'dns' }] },
      ['udp/53 from pl-1 dns'],
    ],
  ])('readConfigItemRules %s', (_why, permission, rules) => {
    const configuration = { ...group, ipPermissions: [permission] };

    expect(said({ configuration })).toEqual(rules);
    expect(said({ configuration: JSON.stringify(configuration) })).toEqual(rules);
    expect(said(configuration)).toEqual(rules);
  });

  it('readConfigItemRules returns ingress rules before egress rules', () => {
    const permission = { ipProtocol: '-1', ipRanges: ['0.0.0.0/0'] };

    expect(said({ ...group, ipPermissions: [permission], ipPermissionsEgress: [permission] })).toEqual([
      'all traffic from 0.0.0.0/0',
      'all traffic to 0.0.0.0/0',
    ]);
  });

  it('readConfigItemRules returns the id of the group', () => {
    expect(readConfigItemRules({ configuration: group })).toEqual({ ok: true, value: { groupId: 'sg-1', rules: [] } });
  });
});

describe('readConfigItemRules refuses', () => {
  const permission = { ipProtocol: 'tcp', fromPort: 443, toPort: 443 };

  it.each<[why: string, item: unknown, problems: readonly string[]]>([
    // If a deleted group were read as a group without rules, all declared rules would be reported as missing.
    [
      'the item of a deleted group',
      { configurationItemStatus: 'ResourceDeleted', configuration: null },
      ['no-configuration configuration'],
    ],
    ['an item without a configuration', { resourceId: 'sg-1' }, ['no-configuration configuration']],
    ['null instead of an item', null, ['wrong-type item']],
    ['a list instead of an item', [], ['wrong-type item']],
    ['a configuration that is not valid JSON', { configuration: '{"groupId"' }, ['wrong-type configuration']],
    ['a configuration whose JSON is not a group', { configuration: '7' }, ['wrong-type configuration']],
    [
      'another kind of resource',
      { configuration: { groupId: 'vpc-1', ipPermissions: [], ipPermissionsEgress: [] } },
      ['not-an-id configuration.groupId'],
    ],
    [
      'a configuration without its lists of rules',
      { configuration: { groupId: 'sg-1', ownerId: '111122223333' } },
      ['wrong-type configuration.ipPermissions', 'wrong-type configuration.ipPermissionsEgress'],
    ],
    [
      'every permission that EC2 would refuse, with the path of each problem',
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
      'an unknown kind of source, as a list',
      { ...group, ipPermissions: [{ ...permission, ipRanges: ['10.0.0.0/8'], ipv8Ranges: [{ cidr: 'x' }] }] },
      ['unknown-key ipPermissions[0].ipv8Ranges'],
    ],
    [
      'an unknown kind of source, as an object',
      { ...group, ipPermissions: [{ ...permission, ipRanges: ['10.0.0.0/8'], anySource: { item: 'x' } }] },
      ['unknown-key ipPermissions[0].anySource'],
    ],
    ['a permission without sources', { ...group, ipPermissionsEgress: [permission] }, ['no-source ipPermissionsEgress[0]']],
  ])('readConfigItemRules refuses %s', (_why, item, problems) => {
    expect(said(item)).toEqual(problems);
  });
});
