import { formatRule } from './rule.js';
import { readSecurityGroupRule, readSecurityGroupRules, securityGroupRuleOf } from './security-group-rule.js';

const tcp443 = { IsEgress: false, IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

describe('readSecurityGroupRule reads an item of DescribeSecurityGroupRules', () => {
  it.each<[item: unknown, said: string]>([
    [{ ...tcp443, CidrIpv4: '10.0.0.0/8' }, 'tcp/443 from 10.0.0.0/8'],
    [{ ...tcp443, CidrIpv6: '::/0' }, 'tcp/443 from ::/0'],
    [{ ...tcp443, PrefixListId: 'pl-1' }, 'tcp/443 from pl-1'],
    [{ ...tcp443, ReferencedGroupInfo: { GroupId: 'sg-2', UserId: '111122223333' } }, 'tcp/443 from sg-2 (account 111122223333)'],
    [{ ...tcp443, ReferencedGroupInfo: { GroupId: 'sg-2' } }, 'tcp/443 from sg-2'], // a stale rule: its source group was deleted
    [{ ...tcp443, ReferencedGroupInfo: { GroupId: 'sg-2', UserId: '' } }, 'tcp/443 from sg-2'],
    [{ ...tcp443, CidrIpv4: '10.0.0.0/8', CidrIpv6: '', ReferencedGroupInfo: { GroupId: '' } }, 'tcp/443 from 10.0.0.0/8'],
    [{ ...tcp443, CidrIpv6: '::/0', PrefixListId: null, ReferencedGroupInfo: null }, 'tcp/443 from ::/0'],
    [{ IsEgress: true, IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv4: '0.0.0.0/0' }, 'all traffic to 0.0.0.0/0'],
  ])('readSecurityGroupRule reads %j as %s', (item, expected) => {
    const read = readSecurityGroupRule(item, 'rule');

    expect(read.ok && formatRule(read.value)).toBe(expected);
  });

  it('readSecurityGroupRule keeps the description that EC2 returned, with any characters', () => {
    const read = readSecurityGroupRule({ ...tcp443, CidrIpv4: '10.0.0.0/8', Description: 'a % b' }, 'rule');

    expect(read).toMatchObject({ ok: true, value: { description: 'a % b' } });
  });

  it.each<[item: unknown, said: string]>([
    [{ ...tcp443 }, 'no-source rules[3]'], // the source could be of an unknown kind
    [{ ...tcp443, CidrIpv4: '10.0.0.0/8', CidrIpv6: '::/0' }, 'several-sources rules[3]'],
    [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.0.0.0/8' }, 'wrong-type rules[3].IsEgress'], // no direction
  ])('readSecurityGroupRule refuses %j with the problem %s', (item, problem) => {
    const read = readSecurityGroupRule(item, 'rules[3]');

    expect(read.ok ? [] : read.problems.map(({ code, path }) => `${code} ${path}`)).toEqual([problem]);
  });
});

describe('securityGroupRuleOf', () => {
  const any = { IsEgress: false, IpProtocol: '-1', FromPort: -1, ToPort: -1 };

  it.each([
    [{ ...tcp443, CidrIpv4: '10.0.0.0/8', Description: 'corp' }],
    [{ ...any, IsEgress: true, CidrIpv6: '::/0' }],
    [{ ...any, IpProtocol: 'icmp', FromPort: 8, PrefixListId: 'pl-1' }],
    [{ ...any, IpProtocol: '50', ReferencedGroupInfo: { GroupId: 'sg-2' } }],
    [{ ...any, ReferencedGroupInfo: { GroupId: 'sg-2', UserId: '111122223333' } }],
  ])('securityGroupRuleOf is the inverse of readSecurityGroupRule, for %j', (item) => {
    const read = readSecurityGroupRule(item);

    expect(read.ok && securityGroupRuleOf(read.value)).toStrictEqual(item);
  });
});

describe('readSecurityGroupRules reads a list of items of DescribeSecurityGroupRules', () => {
  it("readSecurityGroupRules returns the rules in the order of EC2's response, with their ids", () => {
    const items = [
      { SecurityGroupRuleId: 'sgr-1', ...tcp443, CidrIpv4: '10.0.0.0/8' },
      { ...tcp443, CidrIpv6: '::/0' },
      { SecurityGroupRuleId: '', ...tcp443, PrefixListId: 'pl-1' },
      { SecurityGroupRuleId: 7, ...tcp443, PrefixListId: 'pl-2' },
    ];

    const read = readSecurityGroupRules(items);

    expect(read.ok && read.value.map((rule) => [rule.ruleId, formatRule(rule)])).toEqual([
      ['sgr-1', 'tcp/443 from 10.0.0.0/8'],
      [null, 'tcp/443 from ::/0'],
      [null, 'tcp/443 from pl-1'],
      [null, 'tcp/443 from pl-2'],
    ]);
  });

  it.each<[items: unknown, problems: readonly string[]]>([
    [undefined, ['wrong-type rules']],
    [{ SecurityGroupRules: [] }, ['wrong-type rules']], // the response instead of the list in the response
    [[null], ['wrong-type rules[0]']],
    [
      [, 'x'],
      ['wrong-type rules[0]', 'wrong-type rules[1]'],
    ],
    [
      [
        { ...tcp443, FromPort: undefined, CidrIpv4: '10.0.0.0/8' },
        { IsEgress: 'no', IpProtocol: 'gre', CidrIpv4: '10.0.0.0' },
      ],
      [
        'missing-port rules[0].FromPort',
        'wrong-type rules[1].IsEgress',
        'unknown-protocol rules[1].IpProtocol',
        'missing-prefix-length rules[1].CidrIpv4',
      ],
    ],
    [[{ ...tcp443, ReferencedGroupInfo: { GroupId: 'web' } }], ['not-an-id rules[0].ReferencedGroupInfo.GroupId']],
  ])('readSecurityGroupRules refuses %j with every problem of every item', (items, problems) => {
    const read = readSecurityGroupRules(items);

    expect(read.ok ? [] : read.problems.map(({ code, path }) => `${code} ${path}`)).toEqual(problems);
  });
});
