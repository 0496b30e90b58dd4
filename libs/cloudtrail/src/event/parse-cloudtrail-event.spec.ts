import { watchedEventNames } from './read-change.js';
import * as callForms from '../testing/call-forms.js';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';
import { callOf, summaryOf } from '../testing/summary.js';
import { parseCloudTrailEvent, type ApiCall } from './parse-cloudtrail-event.js';

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';
const RULE_1 = 'sgr-00000000000000001';
const RULE_2 = 'sgr-00000000000000002';
const forms = Object.entries(callForms);

/** Parses the event of a call form after changing some fields of its record. */
function changed(form: keyof typeof callForms, fields: object): ApiCall {
  return callOf(cloudTrailEvent({ ...callForms[form].detail, ...fields }));
}

function callOn(eventName: string, requestParameters: object, rest: object = {}): ApiCall {
  return callOf(cloudTrailEvent({ eventName, requestParameters, ...rest }));
}

const changes: Readonly<Record<keyof typeof callForms, string>> = {
  authorizeIngress: `authorize ingress: ${RULE_1} tcp/443 from 0.0.0.0/0 "TLS from anywhere", ${RULE_2} tcp/443 from ::/0`,
  authorizeIngressFlat: 'authorize ingress: tcp/22 from 0.0.0.0/0', // EC2 reads 203.0.113.9/0 as 0.0.0.0/0
  authorizeIngressBeforeRuleSets: 'authorize ingress: udp/53-54 from 198.51.100.0/24',
  authorizeIngressByName: `authorize ingress: ${RULE_1} tcp/3389 from 0.0.0.0/0`,
  authorizeIngressFromGroup: `authorize ingress: ${RULE_1} tcp/5432 from sg-0b0b0b0b0b0b0b0b2 (account 111122223333), ${RULE_2} tcp/5432 from pl-0c0c0c0c0c0c0c0c3`,
  authorizeEgress: `authorize egress: ${RULE_1} all traffic to 0.0.0.0/0`,
  authorizeIngressRefused: 'authorize ingress: tcp/443 from 0.0.0.0/0 "TLS from anywhere", tcp/443 from ::/0', // the requested rules
  authorizeIngressDryRun: 'authorize ingress: tcp/443 from 0.0.0.0/0 "TLS from anywhere", tcp/443 from ::/0',
  authorizeIngressOmitted: 'authorize ingress: ',
  revokeIngressFlat: 'revoke ingress: tcp/80 from 0.0.0.0/0',
  revokeIngressByValues: `revoke ingress: ${RULE_1} tcp/80 from sg-0b0b0b0b0b0b0b0b2`,
  revokeIngressById: `revoke ingress:  | undescribed: ${RULE_1}, ${RULE_2}`,
  revokeIngressByIdAnswered: `revoke ingress: ${RULE_1} tcp/443 from 0.0.0.0/0`,
  revokeIngressUnmatched: 'revoke ingress: tcp/80 from 10.0.0.0/8 | unmatched: tcp/81 from 10.0.0.0/8', // In a default VPC, the call succeeds even if EC2 does not find a rule.
  revokeEgressRefused: 'revoke egress: all traffic to ::/0', // If the protocol is -1, EC2 ignores ports.
  modifyOneRule: `modify: ${RULE_1} tcp/22 with 0.0.0.0/0 "mine"`,
  modifyManyRules: `modify: ${RULE_1} all traffic with 2001:db8::/32, ${RULE_2} tcp/22 with sg-0b0b0b0b0b0b0b0b2 "42", sgr-00000000000000003 icmp type 8 with pl-0c0c0c0c0c0c0c0c3`,
  updateDescriptions:
    'descriptions ingress: tcp/443 from 10.0.0.0/8 "corp", tcp/443 from 192.0.2.0/24, tcp/443 from sg-0b0b0b0b0b0b0b0b2 (account 111122223333) "web"',
  updateDescriptionsById: `descriptions egress: ${RULE_1} "true", ${RULE_2} "none"`,
  createGroup: 'create web Tier=web',
  deleteGroup: 'delete',
  deleteGroupByName: 'delete',
  associateVpc: 'associate vpc-0e0e0e0e0e0e0e0e5',
  disassociateVpc: 'disassociate vpc-0e0e0e0e0e0e0e0e5',
  modifyPrefixList: 'prefix list of version 3: +0.0.0.0/1 +128.0.0.0/1 -10.0.0.0/8',
  restorePrefixList: 'prefix list restored from version 3 to version 1',
  createTags: 'tags add: Tier=web',
  deleteTags: 'tags remove: Tier=null',
  modifyInstance: 'unknown',
};

it.each(forms)('`parseCloudTrailEvent` reads the whole change of the call form %s', (name, event) => {
  const { change, unreadable } = callOf(event);

  expect(summaryOf(change)).toBe(changes[name as keyof typeof callForms]);
  expect(unreadable.map(({ code }) => code)).toEqual(name === 'authorizeIngressOmitted' ? ['omitted'] : []);
});

it.each(watchedEventNames)('`parseCloudTrailEvent` recognizes the call %s even if the record has no parameters', (eventName) => {
  expect(callOf(cloudTrailEvent({ eventName })).change.kind).not.toBe('unknown');
});

const ENTRIES = { PrefixListId: 'pl-1', AddEntry: { tag: 1, Cidr: '2001:DB8::1/32' }, RemoveEntry: { tag: 1, Cidr: '10.1.2.3/8' } };
const GROUP_OF_ACCOUNT = { tag: 1, IpProtocol: -1, Groups: { tag: 1, GroupId: 'sg-2', UserId: 1234567890 } };
const DESCRIBED = { ipProtocol: '-1', ipRanges: { items: [{ cidrIp: '0.0.0.0/0', description: 'Søren & co' }] } };
const modifiedList = callOn('ModifyManagedPrefixList', { ModifyManagedPrefixListRequest: ENTRIES });
const ofAccount = callOn('UpdateSecurityGroupRuleDescriptionsIngress', { GroupId: GROUP, IpPermissions: GROUP_OF_ACCOUNT });
const described = callOn('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: { items: [DESCRIBED] } });

it.each<[string, ApiCall, string]>([
  ['the requested tags if the record has no response', changed('createGroup', { responseElements: null }), 'create web Tier=web'],
  ['prefix list entries in canonical form', modifiedList, 'prefix list of version null: +2001:db8::/32 -10.0.0.0/8'],
  ['an account id without its leading zeros', ofAccount, 'descriptions ingress: all traffic from sg-2 (account 001234567890)'],
  ['a rule whose description EC2 would refuse', described, 'authorize ingress: all traffic from 0.0.0.0/0 "Søren & co"'],
])('`parseCloudTrailEvent` reads %s', (_, { change }, summary) => {
  expect(summaryOf(change)).toBe(summary);
});

it.each<[string, ApiCall, Partial<ApiCall['target']>]>([
  ['a group by id', callOf(callForms.authorizeIngress), { groupIds: [GROUP], ruleIds: [RULE_1, RULE_2] }],
  [
    'a group by name, with its id from the response',
    callOf(callForms.authorizeIngressByName),
    { groupIds: [GROUP], groupName: 'default', ruleIds: [RULE_1] },
  ],
  ['a group by id if the request names both', callOn('DeleteSecurityGroup', { groupId: GROUP, groupName: 'web' }), { groupIds: [GROUP] }],
  ['rules by their ids', callOf(callForms.revokeIngressById), { groupIds: [GROUP], ruleIds: [RULE_1, RULE_2] }],
  ['a group and a rule in a wrapper', callOf(callForms.modifyOneRule), { groupIds: [GROUP], ruleIds: [RULE_1] }],
  ['descriptions by rule id', callOf(callForms.updateDescriptionsById), { groupIds: [GROUP], ruleIds: [RULE_1, RULE_2] }],
  [
    'a new group by the id in the response, without its name',
    callOf(callForms.createGroup),
    { groupIds: [GROUP], vpcId: 'vpc-0d0d0d0d0d0d0d0d4' },
  ],
  ['a group that was deleted by name', callOf(callForms.deleteGroupByName), { groupIds: [GROUP], groupName: 'web' }],
  ['an associated group, without the other VPC', callOf(callForms.associateVpc), { groupIds: [GROUP] }],
  ['a prefix list', callOf(callForms.modifyPrefixList), { prefixListIds: ['pl-0c0c0c0c0c0c0c0c3'] }],
  ['groups and rules among the tagged resources', callOf(callForms.createTags), { groupIds: [GROUP], ruleIds: [RULE_1] }],
  ['no target for an unknown call', callOf(callForms.modifyInstance), {}],
  ['no target for a call on a placement group', callOn('ModifyInstancePlacement', { groupId: 'pg-1', groupName: 'web' }), {}],
])('`parseCloudTrailEvent` reads the target of a call: %s', (_, { target }, expected) => {
  expect(target).toEqual({ groupIds: [], groupName: null, vpcId: null, ruleIds: [], prefixListIds: [], ...expected });
});

it.each([
  [undefined, 'succeeded'],
  [null, 'succeeded'],
  ['', 'succeeded'],
  ['Client.UnauthorizedOperation', 'refused'],
  ['UnauthorizedOperation', 'refused'], // Only EC2's error codes have a prefix, and some tools remove it.
  ['Server.InternalError', 'unknown'],
  ['InternalError', 'unknown'],
  ['ServiceUnavailable', 'unknown'],
  ['Client.RequestLimitExceeded', 'refused'],
  ['Client.DryRunOperation', 'dry-run'],
  ['DryRunOperation', 'dry-run'],
])('a call with error code %j has the outcome %s', (errorCode, outcome) => {
  expect(changed('authorizeIngress', { errorCode }).outcome).toBe(outcome);
});

it('`parseCloudTrailEvent` reads the error message of a failed call, and ignores an error message if the call succeeded', () => {
  const succeeded = changed('authorizeIngress', { errorMessage: 'left over' });

  expect([succeeded.errorCode, succeeded.errorMessage]).toEqual([null, null]);
  expect(callOf(callForms.revokeEgressRefused)).toMatchObject({
    errorCode: 'Client.InvalidPermission.NotFound',
    errorMessage: 'The specified rule does not exist in this security group.',
  });
});

it.each<[string, object, object]>([
  [
    'errorCode',
    { errorCode: { code: 'x' } },
    { code: 'wrong-type', path: 'detail.errorCode', text: 'object', expected: 'text, or nothing' },
  ],
  ['eventVersion', { eventVersion: '2.0' }, { code: 'unknown-version', path: 'detail.eventVersion', text: '"2.0"' }],
])('`parseCloudTrailEvent` reports an unreadable %s and reads the rest of the record', (_, fields, problem) => {
  const call = changed('deleteGroup', fields);

  expect(call.unreadable).toMatchObject([problem]);
  expect(call).toMatchObject({ outcome: 'succeeded', target: { groupIds: [GROUP] } });
});

it('`parseCloudTrailEvent` returns the ids, name, time, version, account and region of the call as recorded', () => {
  expect(changed('deleteGroup', { sharedEventID: '00000000-0000-4000-8000-000000000009' })).toMatchObject({
    eventId: '00000000-0000-4000-8000-000000000003',
    sharedEventId: '00000000-0000-4000-8000-000000000009',
    eventName: 'DeleteSecurityGroup',
    eventTime: '2026-01-15T09:30:00Z',
    eventVersion: '1.09',
    accountId: '111122223333',
    region: 'eu-west-1',
    actor: { type: 'AssumedRole', sessionName: 'ana' },
  });
});

it('`parseCloudTrailEvent` returns the same result for a record as for the EventBridge event that contains the record', () => {
  expect(parseCloudTrailEvent(callForms.authorizeIngress.detail)).toEqual(parseCloudTrailEvent(callForms.authorizeIngress));
});

it('`parseCloudTrailEvent` reads the account and region of the call from the record, or from the envelope if the record lacks them, but never from `userIdentity`', () => {
  const userIdentity = { type: 'AWSAccount', accountId: '444455556666' };
  const elsewhere = { recipientAccountId: '777788889999', awsRegion: 'us-east-1' };

  expect(changed('deleteGroup', elsewhere)).toMatchObject({ accountId: '777788889999', region: 'us-east-1' });
  for (const rest of [{}, { recipientAccountId: undefined, awsRegion: undefined }]) {
    expect(changed('deleteGroup', { userIdentity, ...rest })).toMatchObject({
      accountId: '111122223333',
      region: 'eu-west-1',
      actor: { accountId: '444455556666' },
    });
  }
});

const { detail } = callForms.deleteGroup;
const serviceEvent = { ...callForms.deleteGroup, 'detail-type': 'AWS Service Event via CloudTrail' };
const required = ['eventID', 'eventName', 'eventTime', 'eventVersion', 'recipientAccountId', 'awsRegion'];

it.each<[string, unknown, string[]]>([
  ['nothing', undefined, ['wrong-type event']],
  ['text', 'sg-1', ['wrong-type event']],
  ['a list', [callForms.deleteGroup], ['wrong-type event']],
  ['another kind of event', serviceEvent, ['wrong-detail-type detail-type']],
  ['an envelope without a record', { 'detail-type': 'AWS API Call via CloudTrail' }, ['wrong-type detail']],
  ['a record without a detail type', { detail }, ['wrong-detail-type detail-type']],
  ['a call to another service', { ...detail, eventSource: 'rds.amazonaws.com' }, ['wrong-event-source eventSource']],
  ['an invalid time', { ...detail, eventTime: 'yesterday' }, ['not-a-time eventTime']],
  ['an event id of another type', { ...detail, eventID: {} }, ['wrong-type eventID']],
  ['an object of another kind', { Records: [] }, ['wrong-event-source eventSource', ...required.map((name) => `missing ${name}`)]],
])('`parseCloudTrailEvent` refuses %s, and returns a problem for each reason', (_, event, reasons) => {
  const parsed = parseCloudTrailEvent(event);

  expect(parsed.ok ? [] : parsed.problems.map(({ code, path }) => `${code} ${path}`)).toEqual(reasons);
});

it('`parseCloudTrailEvent` returns the readable id and name of an event that it refuses', () => {
  expect(parseCloudTrailEvent(cloudTrailEvent({ ...detail, eventTime: undefined }))).toEqual({
    ok: false,
    problems: [{ code: 'missing', path: 'detail.eventTime', text: 'absent', expected: 'the time of the call' }],
    eventId: '00000000-0000-4000-8000-000000000003',
    eventName: 'DeleteSecurityGroup',
  });
});
