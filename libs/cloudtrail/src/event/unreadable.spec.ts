import * as callForms from '../testing/call-forms.js';
import { cloudTrailEvent, type RecordFields } from '../testing/cloudtrail-event.js';
import { callOf, summaryOf } from '../testing/summary.js';

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';
const REQUEST = 'detail.requestParameters';
const PERMISSION = `${REQUEST}.ipPermissions.items[0]`;
const SSH = { ipProtocol: 'tcp', fromPort: 22, toPort: 22 };
const TWO_SOURCES = { ipProtocol: '-1', cidrIpv4: '10.0.0.0/8', prefixListId: 'pl-1' };

function call(eventName: string, requestParameters?: unknown, rest: object = {}): RecordFields {
  return { eventName, requestParameters, ...rest };
}

function changed(form: keyof typeof callForms, fields: object): RecordFields {
  return { ...callForms[form].detail, ...fields };
}

function authorize(permission: object, rest: object = {}): RecordFields {
  return call('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: { items: [permission] } }, rest);
}

function answer(...items: readonly object[]): object {
  return { responseElements: { _return: true, securityGroupRuleSet: { items } } };
}

function cidrs(...list: readonly string[]): object {
  return { ipRanges: { items: list.map((cidrIp) => ({ cidrIp })) } };
}

function modify(request: object): RecordFields {
  return call('ModifySecurityGroupRules', { ModifySecurityGroupRulesRequest: { GroupId: GROUP, ...request } });
}

const REVOKE = 'RevokeSecurityGroupEgress';
const AUTHORIZE = 'AuthorizeSecurityGroupIngress';
const DESCRIBE = 'UpdateSecurityGroupRuleDescriptionsIngress';
const FLAT = { groupId: GROUP, ipPermissions: {} };
const RULE_IDS = { securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] } };
const MODIFY = `${REQUEST}.ModifySecurityGroupRulesRequest`;
const MODIFIED = `${MODIFY}.SecurityGroupRule`;
const NO_PERMISSION = [`wrong-type ${PERMISSION}.ipProtocol`, `no-source ${PERMISSION}`];
const BOTH_BLOCKS = { ...SSH, fromPort: 'ssh', ipv6Ranges: { items: [{ cidrIpv6: '::/0' }, { cidrIpv6: '::/129' }] } };
const BY_NAME = { ...SSH, groups: { items: [{ groupName: 'web', userId: '111122223333' }] } };
const OTHER_KIND = { ...SSH, ...cidrs('10.0.0.0/8'), domains: { items: [{ domain: 'example.com' }] } };
const ENTRY = { PrefixListId: 'pl-1', AddEntry: { tag: 1, Cidr: '10.0.0.0' } };
const KEYLESS = { resourcesSet: { items: [{ resourceId: GROUP }] }, tagSet: { items: [{ value: 'web' }] } };
const ALL_REVOKED = { omitted: true, groupId: GROUP, ipProtocol: '-1', cidrIp: '0.0.0.0/0' };
const DUPLICATE = { errorCode: 'Client.InvalidGroup.Duplicate', responseElements: null };
const VPC_REQUEST = { AssociateSecurityGroupVpcRequest: { GroupId: GROUP } };
const NO_RULE_ID = { groupId: GROUP, securityGroupRuleDescription: [{ tag: 1, description: 'x' }] };

it.each<[string, RecordFields, string[]]>([
  ['a call without parameters', call(AUTHORIZE), [`missing ${REQUEST}`]],
  ['parameters as text', call('ModifySecurityGroupRules', '{"groupId":"sg-'), [`wrong-type ${REQUEST}`]],
  ['a request that CloudTrail omitted because of its size', callForms.authorizeIngressOmitted.detail, [`omitted ${REQUEST}`]],
  [
    'a list that CloudTrail omitted because of its size',
    call(REVOKE, { ...FLAT, ipPermissions: { omitted: true } }),
    [`omitted ${REQUEST}.ipPermissions`],
  ],
  // If CloudTrail omitted a part of the parameters, the recorded lists can be incomplete.
  [
    'a partly omitted request that still has rule ids',
    call(REVOKE, { omitted: true, groupId: GROUP, ...RULE_IDS }),
    [`omitted ${REQUEST}`],
  ],
  ['a partly omitted request that still has a permission', call(REVOKE, ALL_REVOKED), [`omitted ${REQUEST}`]],
  ['a missing group', call('DeleteSecurityGroup', {}), [`missing ${REQUEST}.groupId`]],
  [
    'a group that is not text',
    call('DeleteSecurityGroup', { groupId: ['sg-1'] }),
    [`wrong-type ${REQUEST}.groupId`, `missing ${REQUEST}.groupId`],
  ],
  ['a rule id without its group', call('RevokeSecurityGroupIngress', RULE_IDS), [`missing ${REQUEST}.groupId`]],
  ['a new group without an id', changed('createGroup', { responseElements: null }), ['missing detail.responseElements.groupId']],
  ['a missing permission', call('RevokeSecurityGroupIngress', FLAT), [`missing ${REQUEST}.ipPermissions`]],
  ['an empty permission', authorize({}), NO_PERMISSION],
  [
    'an unknown protocol only once for two sources',
    authorize({ ...SSH, ipProtocol: 'tpc', ...cidrs('10.0.0.0/8', '192.0.2.0/24') }),
    [`unknown-protocol ${PERMISSION}.ipProtocol`],
  ],
  [
    'an invalid port and an invalid block',
    authorize(BOTH_BLOCKS),
    [`wrong-type ${PERMISSION}.fromPort`, `not-a-cidr ${PERMISSION}.ipv6Ranges.items[1].cidrIpv6`],
  ],
  ['a source group with only a name', authorize(BY_NAME), [`group-name-only ${PERMISSION}.groups.items[0].groupName`]],
  [
    'a source group with only a name, in the flat form',
    call(AUTHORIZE, { ...FLAT, sourceSecurityGroupName: 'web' }),
    [`wrong-type ${REQUEST}.ipProtocol`, `group-name-only ${REQUEST}.sourceSecurityGroupName`],
  ],
  [
    'a response with two sources in one rule, and an unreadable request',
    authorize({}, answer(TWO_SOURCES)),
    ['several-sources detail.responseElements.securityGroupRuleSet.items[0]', ...NO_PERMISSION],
  ],
  ['an unknown kind of source', authorize(OTHER_KIND), [`unknown-key ${PERMISSION}.domains`]],
  ['a modification without rules', modify({}), [`missing ${MODIFY}.securityGroupRule`]],
  [
    'a modification without content',
    modify({ SecurityGroupRule: { tag: 1 } }),
    [
      `missing ${MODIFIED}.securityGroupRuleId`,
      `wrong-type ${MODIFIED}.securityGroupRule.ipProtocol`,
      `no-source ${MODIFIED}.securityGroupRule`,
    ],
  ],
  ['descriptions without rules', call(DESCRIBE, FLAT), [`missing ${REQUEST}.ipPermissions`]],
  [
    'a description without a rule id',
    call(DESCRIBE, NO_RULE_ID),
    [`missing ${REQUEST}.securityGroupRuleDescription[0].securityGroupRuleId`],
  ],
  ['a missing prefix list', call('RestoreManagedPrefixListVersion', { PreviousVersion: 1 }), [`missing ${REQUEST}.prefixListId`]],
  // `parseCloudTrailEvent` can still read the id of the prefix list from the response of this call.
  [
    'prefix list entries that CloudTrail omitted because of their size',
    changed('modifyPrefixList', { requestParameters: { omitted: true } }),
    [`omitted ${REQUEST}`],
  ],
  ['a prefix list entry without a length', call('ModifyManagedPrefixList', ENTRY), [`missing-prefix-length ${REQUEST}.AddEntry.Cidr`]],
  ['tags on nothing', call('DeleteTags', { tagSet: { items: [{ key: 'Tier' }] } }), [`missing ${REQUEST}.resourcesSet`]],
  ['a tag without a key', call('CreateTags', KEYLESS), [`missing ${REQUEST}.tagSet.items[0].key`]],
  ['a missing VPC', call('AssociateSecurityGroupVpc', VPC_REQUEST), [`missing ${REQUEST}.AssociateSecurityGroupVpcRequest.vpcId`]],
  ['no value of a refused CreateSecurityGroup call', changed('createGroup', DUPLICATE), []],
])('`parseCloudTrailEvent` reports as unreadable: %s', (_, fields, expected) => {
  expect(callOf(cloudTrailEvent(fields)).unreadable.map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
});

it('the problem of an unreadable value names the offending text and the expected value', () => {
  expect(callOf(cloudTrailEvent(authorize({ ipProtocol: 'tpc' }))).unreadable[0]).toEqual({
    code: 'unknown-protocol',
    path: `${PERMISSION}.ipProtocol`,
    text: '"tpc"',
    expected: 'a protocol as text: `tcp`, `udp`, `icmp`, `icmpv6`, a number from 0 to 255, or `-1` for all protocols',
  });
});

it('`parseCloudTrailEvent` reads the other sources of a permission if one source is unreadable', () => {
  const { change, target, unreadable } = callOf(cloudTrailEvent(authorize({ ...SSH, ...cidrs('10.0.0.0/8', 'anywhere') })));

  expect(summaryOf(change)).toBe('authorize ingress: tcp/22 from 10.0.0.0/8');
  expect(target.groupIds).toEqual([GROUP]);
  expect(unreadable.map(({ code, text }) => [code, text])).toEqual([['not-a-cidr', '"anywhere"']]);
});

const asked = { ...SSH, ...cidrs('10.1.2.3/8') };
const sourceless = { securityGroupRuleId: 'sgr-1', groupId: GROUP, isEgress: false, ...SSH };
const answered = { ...sourceless, cidrIpv4: '10.0.0.0/8' };

it.each<[string, object, object[], string, number]>([
  ['from the response if the response is readable', asked, [answered], 'sgr-1 tcp/22 from 10.0.0.0/8', 0],
  ['from the request if the response is not readable', asked, [sourceless], 'tcp/22 from 10.0.0.0/8', 0],
  ['from the request if only a part of the response is readable', asked, [answered, sourceless], 'tcp/22 from 10.0.0.0/8', 0],
  ['from the response if the request is not readable', { ipProtocol: 'tcp' }, [answered], 'sgr-1 tcp/22 from 10.0.0.0/8', 0],
  [
    'from both the response and the request if neither is completely readable',
    { ...asked, ipv6Ranges: { items: [{}] } },
    [sourceless],
    'tcp/22 from 10.0.0.0/8',
    2,
  ],
])('`parseCloudTrailEvent` reads the rules of an Authorize call %s', (_, permission, items, rules, problems) => {
  const { change, unreadable } = callOf(cloudTrailEvent(authorize(permission, answer(...items))));

  expect(summaryOf(change)).toBe(`authorize ingress: ${rules}`);
  expect(unreadable).toHaveLength(problems);
});

it('`parseCloudTrailEvent` reads the rules from the response if CloudTrail omitted the request because of its size', () => {
  const { change, target, unreadable } = callOf(cloudTrailEvent(changed('authorizeIngress', { requestParameters: { omitted: true } })));

  expect(summaryOf(change)).toBe(summaryOf(callOf(callForms.authorizeIngress).change));
  expect([target.groupIds, unreadable]).toEqual([[GROUP], []]);
});

it('`undescribedRuleIds` lists the revoked rule ids whose content is not in the response', () => {
  const described = { ...answered, securityGroupRuleId: 'sgr-00000000000000001' };
  const responseElements = { revokedSecurityGroupRuleSet: { items: [described] } };

  expect(summaryOf(callOf(cloudTrailEvent(changed('revokeIngressById', { responseElements }))).change)).toBe(
    'revoke ingress: sgr-00000000000000001 tcp/22 from 10.0.0.0/8 | undescribed: sgr-00000000000000002',
  );
});
