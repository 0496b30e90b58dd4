import { cloudTrailEvent, type RecordFields } from '../testing/cloudtrail-event.js';
import * as callForms from '../testing/call-forms.js';
import { callOf, summaryOf } from '../testing/summary.js';

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';

function reasons(fields: RecordFields): string[] {
  return callOf(cloudTrailEvent(fields)).unreadable.map(({ code, path }) => `${code} ${path}`);
}

function authorize(permission: unknown, rest: object = {}): RecordFields {
  return {
    eventName: 'AuthorizeSecurityGroupIngress',
    requestParameters: { groupId: GROUP, ipPermissions: { items: [permission] } },
    ...rest,
  };
}

const REQUEST = 'detail.requestParameters';
const PERMISSION = `${REQUEST}.ipPermissions.items[0]`;

describe('what of an identified call cannot be read', () => {
  it.each([
    ['no parameters at all', { eventName: 'AuthorizeSecurityGroupIngress' }, [`missing ${REQUEST}`]],
    [
      'parameters that are text',
      { eventName: 'ModifySecurityGroupRules', requestParameters: '{"groupId":"sg-' },
      [`wrong-type ${REQUEST}`],
    ],
    ['parameters left out for their size', callForms.authorizeIngressOmitted.detail, [`omitted ${REQUEST}`]],
    [
      'a list cut for its size',
      {
        eventName: 'RevokeSecurityGroupEgress',
        requestParameters: { groupId: GROUP, ipPermissions: { omitted: true } },
      },
      [`omitted ${REQUEST}.ipPermissions`],
    ],
    [
      'parameters cut for their size, part of them still there',
      {
        eventName: 'RevokeSecurityGroupEgress',
        requestParameters: { omitted: true, groupId: GROUP, securityGroupRuleIds: { items: ['sgr-1'] } },
      },
      [`omitted ${REQUEST}`],
    ],
    [
      'permissions cut for their size, part of them still there',
      {
        eventName: 'RevokeSecurityGroupEgress',
        requestParameters: { omitted: true, groupId: GROUP, ipProtocol: '-1', cidrIp: '0.0.0.0/0' },
      },
      [`omitted ${REQUEST}`],
    ],
    ['no group', { eventName: 'DeleteSecurityGroup', requestParameters: {} }, [`missing ${REQUEST}.groupId`]],
    [
      'a group that is not text',
      { eventName: 'DeleteSecurityGroup', requestParameters: { groupId: ['sg-1'] } },
      [`wrong-type ${REQUEST}.groupId`, `missing ${REQUEST}.groupId`],
    ],
    [
      'a rule id without its group: the rule may be gone, and its group with it',
      {
        eventName: 'RevokeSecurityGroupIngress',
        requestParameters: { securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] } },
      },
      [`missing ${REQUEST}.groupId`],
    ],
    [
      'a new group without its id',
      { ...callForms.createGroup.detail, responseElements: null },
      ['missing detail.responseElements.groupId'],
    ],
    [
      'no permission',
      { eventName: 'RevokeSecurityGroupIngress', requestParameters: { groupId: GROUP, ipPermissions: {} } },
      [`missing ${REQUEST}.ipPermissions`],
    ],
    ['an empty permission', authorize({}), [`wrong-type ${PERMISSION}.ipProtocol`, `no-source ${PERMISSION}`]],
    [
      'a protocol that is none, beside two sources: said once',
      authorize({
        ipProtocol: 'tpc',
        fromPort: 22,
        toPort: 22,
        ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }, { cidrIp: '192.0.2.0/24' }] },
      }),
      [`unknown-protocol ${PERMISSION}.ipProtocol`],
    ],
    [
      'a port that is none and a block that is none, each in its place',
      authorize({
        ipProtocol: 'tcp',
        fromPort: 'ssh',
        toPort: 22,
        ipv6Ranges: { items: [{ cidrIpv6: '::/0' }, { cidrIpv6: '::/129' }] },
      }),
      [`wrong-type ${PERMISSION}.fromPort`, `not-a-cidr ${PERMISSION}.ipv6Ranges.items[1].cidrIpv6`],
    ],
    [
      'an answer whose rule has two sources, beside a request that cannot be read',
      authorize(
        {},
        { responseElements: { securityGroupRuleSet: { items: [{ ipProtocol: '-1', cidrIpv4: '10.0.0.0/8', prefixListId: 'pl-1' }] } } },
      ),
      [
        'several-sources detail.responseElements.securityGroupRuleSet.items[0]',
        `wrong-type ${PERMISSION}.ipProtocol`,
        `no-source ${PERMISSION}`,
      ],
    ],
    [
      'a source group by name alone',
      authorize({
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        groups: { items: [{ groupName: 'web', userId: '111122223333' }] },
      }),
      [`group-name-only ${PERMISSION}.groups.items[0].groupName`],
    ],
    [
      'the flat form with a source group by name alone',
      {
        eventName: 'AuthorizeSecurityGroupIngress',
        requestParameters: { groupId: GROUP, ipPermissions: {}, sourceSecurityGroupName: 'web' },
      },
      [`wrong-type ${REQUEST}.ipProtocol`, `group-name-only ${REQUEST}.sourceSecurityGroupName`],
    ],
    [
      'a kind of source that did not exist when this was written',
      authorize({
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] },
        domains: { items: [{ domain: 'example.com' }] },
      }),
      [`unknown-key ${PERMISSION}.domains`],
    ],
    [
      'a modification of nothing',
      {
        eventName: 'ModifySecurityGroupRules',
        requestParameters: { ModifySecurityGroupRulesRequest: { GroupId: GROUP } },
      },
      [`missing ${REQUEST}.ModifySecurityGroupRulesRequest.securityGroupRule`],
    ],
    [
      'a modification that does not say to what',
      {
        eventName: 'ModifySecurityGroupRules',
        requestParameters: { ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule: { tag: 1 } } },
      },
      [
        `missing ${REQUEST}.ModifySecurityGroupRulesRequest.SecurityGroupRule.securityGroupRuleId`,
        `wrong-type ${REQUEST}.ModifySecurityGroupRulesRequest.SecurityGroupRule.securityGroupRule.ipProtocol`,
        `no-source ${REQUEST}.ModifySecurityGroupRulesRequest.SecurityGroupRule.securityGroupRule`,
      ],
    ],
    [
      'descriptions of nothing',
      {
        eventName: 'UpdateSecurityGroupRuleDescriptionsIngress',
        requestParameters: { groupId: GROUP, ipPermissions: {} },
      },
      [`missing ${REQUEST}.ipPermissions`],
    ],
    [
      'a description of no rule',
      {
        eventName: 'UpdateSecurityGroupRuleDescriptionsIngress',
        requestParameters: { groupId: GROUP, securityGroupRuleDescription: [{ tag: 1, description: 'x' }] },
      },
      [`missing ${REQUEST}.securityGroupRuleDescription[0].securityGroupRuleId`],
    ],
    [
      'no prefix list',
      { eventName: 'RestoreManagedPrefixListVersion', requestParameters: { PreviousVersion: 1 } },
      [`missing ${REQUEST}.prefixListId`],
    ],
    [
      'a prefix list’s entries left out for their size, its id in the answer',
      { ...callForms.modifyPrefixList.detail, requestParameters: { omitted: true } },
      [`omitted ${REQUEST}`],
    ],
    [
      'a prefix list’s entry that is no block',
      {
        eventName: 'ModifyManagedPrefixList',
        requestParameters: { PrefixListId: 'pl-1', AddEntry: { tag: 1, Cidr: '10.0.0.0' } },
      },
      [`missing-prefix-length ${REQUEST}.AddEntry.Cidr`],
    ],
    [
      'tags of nothing',
      { eventName: 'DeleteTags', requestParameters: { tagSet: { items: [{ key: 'Tier' }] } } },
      [`missing ${REQUEST}.resourcesSet`],
    ],
    [
      'a tag without a key',
      {
        eventName: 'CreateTags',
        requestParameters: { resourcesSet: { items: [{ resourceId: GROUP }] }, tagSet: { items: [{ value: 'web' }] } },
      },
      [`missing ${REQUEST}.tagSet.items[0].key`],
    ],
    [
      'no VPC',
      {
        eventName: 'AssociateSecurityGroupVpc',
        requestParameters: { AssociateSecurityGroupVpcRequest: { GroupId: GROUP } },
      },
      [`missing ${REQUEST}.AssociateSecurityGroupVpcRequest.vpcId`],
    ],
  ] satisfies [string, RecordFields, string[]][])('%s', (_name, fields, expected) => {
    expect(reasons(fields)).toEqual(expected);
  });

  it('names the offending text and what would be right', () => {
    expect(callOf(cloudTrailEvent(authorize({ ipProtocol: 'tpc' }))).unreadable[0]).toEqual({
      code: 'unknown-protocol',
      path: `${PERMISSION}.ipProtocol`,
      text: '"tpc"',
      expected: 'a protocol as text: `tcp`, `udp`, `icmp`, `icmpv6`, a number of 0 to 255, or `-1` for all',
    });
  });

  it('does not miss the id of a group that a refused call did not create', () => {
    const refused = { errorCode: 'Client.InvalidGroup.Duplicate', responseElements: null };

    expect(reasons({ ...callForms.createGroup.detail, ...refused })).toEqual([]);
  });

  it('takes nothing from what can be read beside it', () => {
    const entries = [{ cidrIp: '10.0.0.0/8' }, { cidrIp: 'anywhere' }];
    const call = callOf(cloudTrailEvent(authorize({ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: entries } })));

    expect(summaryOf(call.change)).toBe('authorize ingress: tcp/22 from 10.0.0.0/8');
    expect(call.target.groupIds).toEqual([GROUP]);
    expect(call.unreadable.map(({ code, text }) => [code, text])).toEqual([['not-a-cidr', '"anywhere"']]);
  });
});

describe('request and answer', () => {
  const permission = { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '10.1.2.3/8' }] } };
  const item = {
    securityGroupRuleId: 'sgr-1',
    groupId: GROUP,
    isEgress: false,
    ipProtocol: 'tcp',
    fromPort: 22,
    toPort: 22,
  };
  const answer = (...items: object[]): object => ({
    responseElements: { _return: true, securityGroupRuleSet: { items } },
  });

  it.each([
    ['the answer counts when it can be read', permission, { ...item, cidrIpv4: '10.0.0.0/8' }, 'sgr-1 tcp/22 from 10.0.0.0/8', 0],
    ['the request counts when the answer cannot be read', permission, item, 'tcp/22 from 10.0.0.0/8', 0],
    [
      'the request counts when only a part of the answer can be read',
      permission,
      [{ ...item, cidrIpv4: '10.0.0.0/8' }, item],
      'tcp/22 from 10.0.0.0/8',
      0,
    ],
    [
      'the answer makes up for a request that cannot be read',
      { ipProtocol: 'tcp' },
      { ...item, cidrIpv4: '10.0.0.0/8' },
      'sgr-1 tcp/22 from 10.0.0.0/8',
      0,
    ],
    ['of two that cannot be read whole, both are told', { ...permission, ipv6Ranges: { items: [{}] } }, item, 'tcp/22 from 10.0.0.0/8', 2],
  ])('%s', (_name, asked, given, rules, problems) => {
    const call = callOf(cloudTrailEvent(authorize(asked, answer(...[given].flat()))));

    expect(summaryOf(call.change)).toBe(`authorize ingress: ${rules}`);
    expect(call.unreadable).toHaveLength(problems);
  });

  it('tells the rules of a call whose parameters were left out for their size when the answer was not', () => {
    const call = callOf(cloudTrailEvent({ ...callForms.authorizeIngress.detail, requestParameters: { omitted: true } }));

    expect(summaryOf(call.change)).toBe(summaryOf(callOf(callForms.authorizeIngress).change));
    expect(call.target.groupIds).toEqual([GROUP]);
    expect(call.unreadable).toEqual([]);
  });

  it('a revocation by ids tells those that the answer describes and names the others', () => {
    const items = [{ ...item, cidrIpv4: '10.0.0.0/8' }];
    const call = callOf(
      cloudTrailEvent({
        ...callForms.revokeIngressById.detail,
        responseElements: {
          revokedSecurityGroupRuleSet: { items: [{ ...items[0], securityGroupRuleId: 'sgr-00000000000000001' }] },
        },
      }),
    );

    expect(summaryOf(call.change)).toBe(
      'revoke ingress: sgr-00000000000000001 tcp/22 from 10.0.0.0/8 | undescribed: sgr-00000000000000002',
    );
  });
});
