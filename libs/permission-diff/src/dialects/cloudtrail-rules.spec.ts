import { formatRule } from '../rule.js';
import { readCloudTrailRules, type CloudTrailOptions } from './cloudtrail-rules.js';

const said = (parameters: unknown, options?: CloudTrailOptions): readonly string[] => {
  const read = readCloudTrailRules(parameters, options);
  if (!read.ok) return read.problems.map(({ code, path }) => `${code} ${path}`);
  return read.value.map((rule) => `${rule.ruleId ?? '-'}: ${formatRule(rule)} ${rule.description ?? ''}`.trimEnd());
};

describe('what CloudTrail records of a call', () => {
  it.each<[why: string, parameters: unknown, rules: readonly string[]]>([
    [
      'has lists of items, empty ones as empty objects',
      {
        groupId: 'sg-1',
        ipPermissions: {
          items: [
            {
              ipProtocol: 'tcp',
              fromPort: 443,
              toPort: 443,
              groups: { items: [{ groupId: 'sg-2', userId: '111122223333' }] },
              ipRanges: { items: [{ cidrIp: '10.1.2.3/8', description: 'corp' }] },
              ipv6Ranges: {},
              prefixListIds: { items: [{ prefixListId: 'pl-1' }] },
            },
          ],
        },
      },
      ['-: tcp/443 from 10.0.0.0/8 corp', '-: tcp/443 from pl-1', '-: tcp/443 from sg-2 (account 111122223333)'],
    ],
    [
      'has one flat permission beside an empty list, as some SDKs send it',
      { groupId: 'sg-1', ipPermissions: {}, ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIp: '0.0.0.0/0' },
      ['-: tcp/22 from 0.0.0.0/0'],
    ],
    [
      'is the query turned to JSON, in which a list of one is its member and a number was a text',
      {
        AuthorizeSecurityGroupIngressRequest: {
          GroupId: 'sg-1',
          IpPermissions: {
            tag: 1,
            IpProtocol: -1,
            Groups: '',
            IpRanges: [
              { tag: 1, CidrIp: '10.0.0.0/8', Description: 7 },
              { tag: 2, CidrIp: '192.0.2.0/24' },
            ],
          },
        },
      },
      ['-: all traffic from 10.0.0.0/8 7', '-: all traffic from 192.0.2.0/24'],
    ],
    [
      'has the ids of the rules in the answer, and -1 for the ports of all traffic',
      {
        _return: true,
        securityGroupRuleSet: {
          items: [
            {
              securityGroupRuleId: 'sgr-1',
              isEgress: false,
              ipProtocol: '-1',
              fromPort: -1,
              toPort: -1,
              cidrIpv4: '0.0.0.0/0',
            },
            { securityGroupRuleId: 'sgr-2', ipProtocol: 'tcp', fromPort: 22, toPort: 22, referencedGroupId: 'sg-2' },
          ],
        },
      },
      ['sgr-1: all traffic from 0.0.0.0/0', 'sgr-2: tcp/22 from sg-2'],
    ],
    [
      'has what was revoked in the answer',
      {
        _return: true,
        revokedSecurityGroupRuleSet: {
          items: [{ securityGroupRuleId: 'sgr-1', ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIpv6: '::/0' }],
        },
      },
      ['sgr-1: tcp/22 from ::/0'],
    ],
    ['names no rules where it names their ids only', { securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] } }, []],
  ])('%s', (_why, parameters, rules) => {
    expect(said(parameters)).toEqual(rules);
  });

  it.each<[why: string, parameters: unknown, problems: readonly string[]]>([
    // A refused call has no answer: that is not an answer without rules.
    ['that is not there', null, ['wrong-type parameters']],
    ['that CloudTrail left out for its size', { omitted: true, originalSize: 200_000, reason: 'too large' }, ['omitted parameters']],
    [
      'that holds what EC2 would refuse',
      {
        ipPermissions: {
          items: [{ ipProtocol: 'tcp', fromPort: 'x', toPort: 1, ipRanges: { items: [{ cidrIp: '::/0' }] } }],
        },
      },
      ['wrong-type parameters.ipPermissions.items[0].fromPort', 'wrong-family parameters.ipPermissions.items[0].ipRanges.items[0].cidrIp'],
    ],
    [
      'whose rule is of two sources',
      { securityGroupRuleSet: { items: [{ ipProtocol: '-1', cidrIpv4: '10.0.0.0/8', prefixListId: 'pl-1' }] } },
      ['several-sources parameters.securityGroupRuleSet.items[0]'],
    ],
    [
      'that names a group by name only',
      { ipProtocol: '-1', sourceSecurityGroupName: 'web' },
      ['group-name-only parameters.sourceSecurityGroupName'],
    ],
  ])('refused is what CloudTrail records %s', (_why, parameters, problems) => {
    expect(said(parameters)).toEqual(problems);
  });

  it('is of the direction and the account that the caller knows, and named as the caller names it', () => {
    const parameters = { ipPermissions: { items: [{ ipProtocol: '-1', groups: { items: [{ groupId: 'sg-2' }] } }] } };

    expect(said(parameters, { direction: 'egress', accountId: '111122223333' })).toEqual(['-: all traffic to sg-2 (account 111122223333)']);
    expect(said(7, { path: 'requestParameters' })).toEqual(['wrong-type requestParameters']);
  });
});
