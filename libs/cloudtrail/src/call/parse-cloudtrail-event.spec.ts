import * as callForms from '../testing/call-forms.js';
import { cloudTrailEvent } from '../testing/cloudtrail-event.js';
import { callOf, summaryOf } from '../testing/summary.js';
import { watchedEventNames } from '../change/read-change.js';
import { parseCloudTrailEvent } from './parse-cloudtrail-event.js';

const GROUP = 'sg-0a0a0a0a0a0a0a0a1';
const RULE_1 = 'sgr-00000000000000001';
const RULE_2 = 'sgr-00000000000000002';

describe('the change of a call', () => {
  const expected: Readonly<Record<keyof typeof callForms, string>> = {
    authorizeIngress: `authorize ingress: ${RULE_1} tcp/443 from 0.0.0.0/0 "TLS from anywhere", ${RULE_2} tcp/443 from ::/0`,
    authorizeIngressFlat: 'authorize ingress: tcp/22 from 0.0.0.0/0', // 203.0.113.9/0 is the whole world
    authorizeIngressBeforeRuleSets: 'authorize ingress: udp/53-54 from 198.51.100.0/24',
    authorizeIngressByName: `authorize ingress: ${RULE_1} tcp/3389 from 0.0.0.0/0`,
    authorizeIngressFromGroup: `authorize ingress: ${RULE_1} tcp/5432 from sg-0b0b0b0b0b0b0b0b2 (account 111122223333), ${RULE_2} tcp/5432 from pl-0c0c0c0c0c0c0c0c3`,
    authorizeEgress: `authorize egress: ${RULE_1} all traffic to 0.0.0.0/0`,
    authorizeIngressRefused: 'authorize ingress: tcp/443 from 0.0.0.0/0 "TLS from anywhere", tcp/443 from ::/0', // as asked for
    authorizeIngressDryRun: 'authorize ingress: tcp/443 from 0.0.0.0/0 "TLS from anywhere", tcp/443 from ::/0',
    authorizeIngressOmitted: 'authorize ingress: ',
    revokeIngressFlat: 'revoke ingress: tcp/80 from 0.0.0.0/0',
    revokeIngressByValues: `revoke ingress: ${RULE_1} tcp/80 from sg-0b0b0b0b0b0b0b0b2`,
    revokeIngressById: `revoke ingress:  | undescribed: ${RULE_1}, ${RULE_2}`,
    revokeIngressByIdAnswered: `revoke ingress: ${RULE_1} tcp/443 from 0.0.0.0/0`,
    revokeIngressUnmatched: 'revoke ingress: tcp/80 from 10.0.0.0/8 | unmatched: tcp/81 from 10.0.0.0/8', // success proves nothing
    revokeEgressRefused: 'revoke egress: all traffic to ::/0', // ports beside -1 mean nothing
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

  it.each(Object.entries(callForms))('%s', (name, event) => {
    expect({ [name]: summaryOf(callOf(event).change) }).toEqual({ [name]: expected[name as keyof typeof callForms] });
  });

  it.each(Object.entries(callForms).filter(([name]) => name !== 'authorizeIngressOmitted'))('%s is read completely', (_name, event) => {
    expect(callOf(event).unreadable).toEqual([]);
  });

  it.each(watchedEventNames)('%s is known, even without parameters', (eventName) => {
    expect(callOf(cloudTrailEvent({ eventName })).change.kind).not.toBe('unknown');
  });
});

describe('the change of a call, in detail', () => {
  it('has the tags asked for when there is no answer', () => {
    const event = cloudTrailEvent({ ...callForms.createGroup.detail, responseElements: null });

    expect(summaryOf(callOf(event).change)).toBe('create web Tier=web');
  });

  it('has the entries of a prefix list of either family, in canonical form', () => {
    const requestParameters = {
      ModifyManagedPrefixListRequest: {
        PrefixListId: 'pl-1',
        AddEntry: { tag: 1, Cidr: '2001:DB8::1/32' },
        RemoveEntry: { tag: 1, Cidr: '10.1.2.3/8' },
      },
    };
    const event = cloudTrailEvent({ eventName: 'ModifyManagedPrefixList', requestParameters });

    expect(summaryOf(callOf(event).change)).toBe('prefix list of version null: +2001:db8::/32 -10.0.0.0/8');
  });

  it('gives an account id back the leading zeros that a number cannot have', () => {
    const requestParameters = {
      UpdateSecurityGroupRuleDescriptionsIngressRequest: {
        GroupId: GROUP,
        IpPermissions: { tag: 1, IpProtocol: -1, Groups: { tag: 1, GroupId: 'sg-2', UserId: 1234567890 } },
      },
    };
    const event = cloudTrailEvent({ eventName: 'UpdateSecurityGroupRuleDescriptionsIngress', requestParameters });

    expect(summaryOf(callOf(event).change)).toBe('descriptions ingress: all traffic from sg-2 (account 001234567890)');
  });

  it('has a rule even when EC2 would refuse its description', () => {
    const range = { cidrIp: '0.0.0.0/0', description: 'Søren & co' };
    const event = cloudTrailEvent({
      eventName: 'AuthorizeSecurityGroupIngress',
      errorCode: 'Client.InvalidParameterValue',
      requestParameters: {
        groupId: GROUP,
        ipPermissions: { items: [{ ipProtocol: '-1', ipRanges: { items: [range] } }] },
      },
    });

    expect(summaryOf(callOf(event).change)).toBe('authorize ingress: all traffic from 0.0.0.0/0 "Søren & co"');
  });
});

describe('the target of a call', () => {
  it.each([
    ['by id, in request and answer alike', callForms.authorizeIngress, { groupIds: [GROUP], ruleIds: [RULE_1, RULE_2] }],
    ['by name: the id is in the answer', callForms.authorizeIngressByName, { groupIds: [GROUP], groupName: 'default', ruleIds: [RULE_1] }],
    ['by rule ids', callForms.revokeIngressById, { groupIds: [GROUP], ruleIds: [RULE_1, RULE_2] }],
    ['wrapped', callForms.modifyOneRule, { groupIds: [GROUP], ruleIds: [RULE_1] }],
    ['descriptions by rule id', callForms.updateDescriptionsById, { groupIds: [GROUP], ruleIds: [RULE_1, RULE_2] }],
    [
      'a new group: its id is in the answer, its name names nothing yet',
      callForms.createGroup,
      { groupIds: [GROUP], vpcId: 'vpc-0d0d0d0d0d0d0d0d4' },
    ],
    ['deleted by name', callForms.deleteGroupByName, { groupIds: [GROUP], groupName: 'web' }],
    ['associated: the VPC is not the group’s own', callForms.associateVpc, { groupIds: [GROUP] }],
    ['a prefix list', callForms.modifyPrefixList, { prefixListIds: ['pl-0c0c0c0c0c0c0c0c3'] }],
    ['tagged: of all resources the groups and the rules', callForms.createTags, { groupIds: [GROUP], ruleIds: [RULE_1] }],
    ['a call that is not known', callForms.modifyInstance, {}],
  ])('%s', (_name, event, target) => {
    const nothing = { groupIds: [], groupName: null, vpcId: null, ruleIds: [], prefixListIds: [] };

    expect(callOf(event).target).toEqual({ ...nothing, ...target });
  });

  it('is given by id alone when the request names both', () => {
    const event = cloudTrailEvent({
      eventName: 'DeleteSecurityGroup',
      requestParameters: { groupId: GROUP, groupName: 'web' },
    });

    expect(callOf(event).target).toMatchObject({ groupIds: [GROUP], groupName: null });
  });

  it('takes no group of another kind for a security group', () => {
    const event = cloudTrailEvent({
      eventName: 'ModifyInstancePlacement',
      requestParameters: { instanceId: 'i-1', groupId: 'pg-1', groupName: 'web' },
    });

    expect(callOf(event).target).toMatchObject({ groupIds: [], groupName: null });
  });
});

describe('the outcome of a call', () => {
  it.each([
    [undefined, 'succeeded'],
    [null, 'succeeded'],
    ['', 'succeeded'],
    ['Client.UnauthorizedOperation', 'refused'],
    ['UnauthorizedOperation', 'refused'], // records of other services, and those rewritten on the way, have no prefix
    ['Server.InternalError', 'unknown'], // what EC2 had done when it failed is not told
    ['InternalError', 'unknown'],
    ['ServiceUnavailable', 'unknown'],
    ['Client.RequestLimitExceeded', 'refused'],
    ['Client.DryRunOperation', 'dry-run'],
    ['DryRunOperation', 'dry-run'],
  ])('with error code %j is %s', (errorCode, outcome) => {
    expect(callOf(cloudTrailEvent({ ...callForms.authorizeIngress.detail, errorCode })).outcome).toBe(outcome);
  });

  it('carries the error only of a call that failed', () => {
    const succeeded = callOf(cloudTrailEvent({ ...callForms.authorizeIngress.detail, errorMessage: 'left over' }));

    expect([succeeded.errorCode, succeeded.errorMessage]).toEqual([null, null]);
    expect(callOf(callForms.revokeEgressRefused)).toMatchObject({
      errorCode: 'Client.InvalidPermission.NotFound',
      errorMessage: 'The specified rule does not exist in this security group.',
    });
  });

  it('is not guessed when the error code is unreadable', () => {
    const call = callOf(cloudTrailEvent({ ...callForms.authorizeIngress.detail, errorCode: { code: 'x' } }));

    expect(call.outcome).toBe('succeeded');
    expect(call.unreadable).toEqual([{ code: 'wrong-type', path: 'detail.errorCode', text: 'object', expected: 'text, or nothing' }]);
  });
});

describe('the header of a record', () => {
  it('is given as recorded', () => {
    const event = cloudTrailEvent({
      ...callForms.deleteGroup.detail,
      sharedEventID: '00000000-0000-4000-8000-000000000009',
    });

    expect(callOf(event)).toMatchObject({
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

  it('is read from a bare record as from the event that delivers it', () => {
    expect(parseCloudTrailEvent(callForms.authorizeIngress.detail)).toEqual(parseCloudTrailEvent(callForms.authorizeIngress));
  });

  it('takes account and region from the envelope when the record has none', () => {
    const event = cloudTrailEvent({
      ...callForms.deleteGroup.detail,
      recipientAccountId: undefined,
      awsRegion: undefined,
    });

    expect(callOf(event)).toMatchObject({ accountId: '111122223333', region: 'eu-west-1' });
  });

  it('takes the account that got the record, not the one of the identity', () => {
    const event = cloudTrailEvent({
      ...callForms.deleteGroup.detail,
      userIdentity: { type: 'AWSAccount', accountId: '444455556666' },
    });

    expect(callOf(event)).toMatchObject({ accountId: '111122223333', actor: { accountId: '444455556666' } });
  });

  it('says so when the version of the record is not known, and reads the rest all the same', () => {
    const call = callOf(cloudTrailEvent({ ...callForms.deleteGroup.detail, eventVersion: '2.0' }));

    expect(call.unreadable.map(({ code, path }) => [code, path])).toEqual([['unknown-version', 'detail.eventVersion']]);
    expect(call.target.groupIds).toEqual([GROUP]);
  });
});

describe('an event that is not the record of a call of EC2', () => {
  const { detail } = callForms.deleteGroup;

  it.each([
    ['nothing', undefined, [['wrong-type', 'event']]],
    ['text', 'sg-1', [['wrong-type', 'event']]],
    ['a list', [callForms.deleteGroup], [['wrong-type', 'event']]],
    [
      'another kind of event',
      { ...callForms.deleteGroup, 'detail-type': 'AWS Service Event via CloudTrail' },
      [['wrong-detail-type', 'detail-type']],
    ],
    ['an envelope without a record', { 'detail-type': 'AWS API Call via CloudTrail' }, [['wrong-type', 'detail']]],
    ['a record under no detail type', { detail }, [['wrong-detail-type', 'detail-type']]],
    ['a call of another service', { ...detail, eventSource: 'rds.amazonaws.com' }, [['wrong-event-source', 'eventSource']]],
    ['a time that is none', { ...detail, eventTime: 'yesterday' }, [['not-a-time', 'eventTime']]],
    ['an event id of another type', { ...detail, eventID: {} }, [['wrong-type', 'eventID']]],
    [
      'an object of another kind',
      { Records: [] },
      [
        ['wrong-event-source', 'eventSource'],
        ['missing', 'eventID'],
        ['missing', 'eventName'],
        ['missing', 'eventTime'],
        ['missing', 'eventVersion'],
        ['missing', 'recipientAccountId'],
        ['missing', 'awsRegion'],
      ],
    ],
  ])('%s fails, with every reason', (_name, event, reasons) => {
    const parsed = parseCloudTrailEvent(event);

    expect(parsed.ok ? [] : parsed.problems.map(({ code, path }) => [code, path])).toEqual(reasons);
  });

  it('still gives id and name of the event where they can be read', () => {
    const event = cloudTrailEvent({ ...detail, eventTime: undefined });

    expect(parseCloudTrailEvent(event)).toEqual({
      ok: false,
      problems: [{ code: 'missing', path: 'detail.eventTime', text: 'absent', expected: 'the time of the call' }],
      eventId: '00000000-0000-4000-8000-000000000003',
      eventName: 'DeleteSecurityGroup',
    });
  });
});
