// Shapes from recorded CloudTrail events: invictus-ir/aws_dataset and DataDog/stratus-red-team, with other ids.
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { ec2Error, ec2Response } from './api-response.js';
import { cloudTrailRecord, eventBridgeEvent } from './cloudtrail.js';
import type { GroupChange } from './group-change.js';
import type { Identity } from './identities.js';
import type { JsonObject } from './json.js';
import type { GroupStates } from './security-groups.js';
import { queryCall } from './testing/requests.js';
import { text } from './xml.js';

const place = { accountId: '123456789012', region: 'eu-west-1' };
const requestId = '6f5f0aac-3e0b-4a2b-9a8d-0f1e2d3c4b5a';
const mallory: Identity = {
  caller: { kind: 'person', name: 'mallory' },
  arn: 'arn:aws:iam::123456789012:user/mallory',
  userId: 'AIDAMALLORY',
  userIdentity: { type: 'IAMUser', userName: 'mallory' },
};

const rule = (more: Partial<SecurityGroupRule>): SecurityGroupRule => ({
  SecurityGroupRuleId: 'sgr-1',
  GroupId: 'sg-1',
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  ...more,
});

const recordOf = (
  operation: string,
  parameters: Readonly<Record<string, string>>,
  more: Partial<GroupChange> = {},
): JsonObject | undefined =>
  cloudTrailRecord(
    {
      request: queryCall('ec2', operation, parameters),
      response: ec2Response(operation, requestId, [text('return', true)]),
      before: new Map(),
      after: new Map(),
      gained: [],
      lost: [],
      time: new Date('2026-01-02T03:04:05.678Z'),
      ...more,
    },
    mallory,
    place,
  );

describe('the record of a call', () => {
  it('has the header that CloudTrail gives every management event', () => {
    expect(recordOf('DeleteSecurityGroup', { GroupId: 'sg-1' })).toEqual({
      eventVersion: '1.10',
      userIdentity: { type: 'IAMUser', userName: 'mallory' },
      eventTime: '2026-01-02T03:04:05Z',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'DeleteSecurityGroup',
      awsRegion: 'eu-west-1',
      sourceIPAddress: '198.51.100.7',
      userAgent: 'aws-cli/2.0.0',
      requestParameters: { groupId: 'sg-1' },
      responseElements: { requestId, _return: true },
      requestID: requestId,
      eventID: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '123456789012',
      eventCategory: 'Management',
    });
  });

  it('is written of the calls only that change security groups', () => {
    expect(recordOf('CreateVpc', {})).toBeUndefined();
  });

  it('has the EC2 code with a prefix and no response when the call was refused', () => {
    const response = ec2Error(
      'InvalidPermission.NotFound',
      'The specified rule does not exist in this security group.',
    );

    expect(recordOf('RevokeSecurityGroupIngress', { GroupId: 'sg-1' }, { response })).toMatchObject({
      errorCode: 'Client.InvalidPermission.NotFound',
      errorMessage: 'The specified rule does not exist in this security group.',
      requestParameters: { groupId: 'sg-1', ipPermissions: {} },
      responseElements: null,
    });
  });

  it('blames EC2 for a fault of its own', () => {
    const response = ec2Error('InternalError', 'An internal error has occurred', 500);

    expect(recordOf('DeleteSecurityGroup', {}, { response })).toMatchObject({ errorCode: 'Server.InternalError' });
  });
});

describe('the old encoding', () => {
  it('has permissions as items, with an empty object for an empty list, and the rules that were made', () => {
    const record = recordOf(
      'AuthorizeSecurityGroupIngress',
      {
        GroupId: 'sg-1',
        'IpPermissions.1.IpProtocol': 'tcp',
        'IpPermissions.1.FromPort': '443',
        'IpPermissions.1.ToPort': '443',
        'IpPermissions.1.IpRanges.1.CidrIp': '10.1.2.3/8',
        'IpPermissions.1.IpRanges.1.Description': 'TLS',
        'IpPermissions.1.Groups.1.GroupId': 'sg-2',
        'IpPermissions.1.Groups.1.UserId': '123456789012',
      },
      {
        gained: [
          rule({ CidrIpv4: '10.0.0.0/8', Description: 'TLS' }),
          rule({ SecurityGroupRuleId: 'sgr-2', ReferencedGroupInfo: { GroupId: 'sg-2', UserId: '123456789012' } }),
        ],
      },
    );

    expect(record?.requestParameters).toEqual({
      groupId: 'sg-1',
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: 443,
            toPort: 443,
            groups: { items: [{ groupId: 'sg-2', userId: '123456789012' }] },
            ipRanges: { items: [{ cidrIp: '10.1.2.3/8', description: 'TLS' }] },
            ipv6Ranges: {},
            prefixListIds: {},
          },
        ],
      },
    });
    expect(record?.responseElements).toEqual({
      requestId,
      _return: true,
      securityGroupRuleSet: {
        items: [
          {
            groupOwnerId: '123456789012',
            groupId: 'sg-1',
            securityGroupRuleId: 'sgr-1',
            description: 'TLS',
            isEgress: false,
            ipProtocol: 'tcp',
            fromPort: 443,
            toPort: 443,
            cidrIpv4: '10.0.0.0/8',
            securityGroupRuleArn: 'arn:aws:ec2:eu-west-1:123456789012:security-group-rule/sgr-1',
          },
          {
            groupOwnerId: '123456789012',
            groupId: 'sg-1',
            securityGroupRuleId: 'sgr-2',
            isEgress: false,
            ipProtocol: 'tcp',
            fromPort: 443,
            toPort: 443,
            referencedGroupInfo: { groupId: 'sg-2', userId: '123456789012' },
            securityGroupRuleArn: 'arn:aws:ec2:eu-west-1:123456789012:security-group-rule/sgr-2',
          },
        ],
      },
    });
  });

  it('leaves ports out that the caller left out', () => {
    const record = recordOf('AuthorizeSecurityGroupEgress', {
      GroupId: 'sg-1',
      'IpPermissions.1.IpProtocol': '-1',
      'IpPermissions.1.Ipv6Ranges.1.CidrIpv6': '::/0',
    });

    expect(record?.requestParameters).toEqual({
      groupId: 'sg-1',
      ipPermissions: {
        items: [
          {
            ipProtocol: '-1',
            groups: {},
            ipRanges: {},
            ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] },
            prefixListIds: {},
          },
        ],
      },
    });
  });

  it('has the flat form beside empty permissions', () => {
    const flat = { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '0.0.0.0/0' };

    expect(recordOf('AuthorizeSecurityGroupIngress', flat)?.requestParameters).toEqual({
      groupId: 'sg-1',
      ipPermissions: {},
      ipProtocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      cidrIp: '0.0.0.0/0',
    });
  });

  it('has the group by name when the caller named it', () => {
    expect(recordOf('AuthorizeSecurityGroupIngress', { GroupName: 'default' })?.requestParameters).toEqual({
      groupName: 'default',
      ipPermissions: {},
    });
  });

  it('has rule ids and what was removed with them', () => {
    const record = recordOf(
      'RevokeSecurityGroupIngress',
      { GroupId: 'sg-1', 'SecurityGroupRuleId.1': 'sgr-1' },
      { lost: [rule({ CidrIpv6: '::/0' })] },
    );

    expect(record?.requestParameters).toEqual({
      groupId: 'sg-1',
      securityGroupRuleIds: { items: [{ securityGroupRuleId: 'sgr-1' }] },
    });
    expect(record?.responseElements).toEqual({
      requestId,
      _return: true,
      revokedSecurityGroupRuleSet: {
        items: [
          {
            securityGroupRuleId: 'sgr-1',
            groupId: 'sg-1',
            isEgress: false,
            ipProtocol: 'tcp',
            fromPort: 443,
            toPort: 443,
            cidrIpv6: '::/0',
          },
        ],
      },
    });
  });

  it('has the id of a new group in the response only', () => {
    const state = (...ids: readonly string[]): GroupStates => new Map(ids.map((id) => [id, { group: {}, rules: [] }]));
    const record = recordOf(
      'CreateSecurityGroup',
      {
        GroupName: 'web',
        GroupDescription: 'the web',
        VpcId: 'vpc-1',
        'TagSpecification.1.ResourceType': 'security-group',
        'TagSpecification.1.Tag.1.Key': 'Tier',
        'TagSpecification.1.Tag.1.Value': 'web',
      },
      { before: state('sg-0'), after: state('sg-0', 'sg-1') },
    );

    expect(record?.requestParameters).toEqual({
      groupName: 'web',
      groupDescription: 'the web',
      vpcId: 'vpc-1',
      tagSpecificationSet: { items: [{ resourceType: 'security-group', tags: [{ key: 'Tier', value: 'web' }] }] },
    });
    expect(record?.responseElements).toEqual({
      requestId,
      _return: true,
      groupId: 'sg-1',
      tagSet: { items: [{ key: 'Tier', value: 'web' }] },
      securityGroupArn: 'arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1',
    });
  });

  it('has the resources and tags of a tag call as items', () => {
    const tags = { 'ResourceId.1': 'sg-1', 'Tag.1.Key': 'Tier', 'Tag.1.Value': 'web' };

    expect(recordOf('CreateTags', tags)?.requestParameters).toEqual({
      resourcesSet: { items: [{ resourceId: 'sg-1' }] },
      tagSet: { items: [{ key: 'Tier', value: 'web' }] },
    });
  });
});

describe('the new encoding', () => {
  const update = (index: number, id: string): Record<string, string> => ({
    [`SecurityGroupRule.${index}.SecurityGroupRuleId`]: id,
    [`SecurityGroupRule.${index}.SecurityGroupRule.IpProtocol`]: '-1',
    [`SecurityGroupRule.${index}.SecurityGroupRule.CidrIpv4`]: '0.0.0.0/0',
    [`SecurityGroupRule.${index}.SecurityGroupRule.Description`]: 'true',
  });
  const updated = (tag: number, id: string): JsonObject => ({
    SecurityGroupRuleId: id,
    SecurityGroupRule: { IpProtocol: -1, CidrIpv4: '0.0.0.0/0', Description: true },
    tag,
  });

  it('has one list member as an object, numbered, and values as what they look like', () => {
    const record = recordOf('ModifySecurityGroupRules', { GroupId: 'sg-1', ...update(1, 'sgr-1') });

    expect(record?.requestParameters).toEqual({
      ModifySecurityGroupRulesRequest: { GroupId: 'sg-1', SecurityGroupRule: updated(1, 'sgr-1') },
    });
    expect(record?.responseElements).toEqual({
      ModifySecurityGroupRulesResponse: {
        xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
        requestId,
        return: true,
      },
    });
  });

  it('has several list members as an array', () => {
    const record = recordOf('ModifySecurityGroupRules', {
      GroupId: 'sg-1',
      ...update(1, 'sgr-1'),
      ...update(2, 'sgr-2'),
    });

    expect(record?.requestParameters).toEqual({
      ModifySecurityGroupRulesRequest: {
        GroupId: 'sg-1',
        SecurityGroupRule: [updated(1, 'sgr-1'), updated(2, 'sgr-2')],
      },
    });
  });

  it('has a scalar in a list as content', () => {
    expect(recordOf('ModifyManagedPrefixList', { PrefixListId: 'pl-1', 'AddEntry.1': '7' })?.requestParameters).toEqual(
      {
        ModifyManagedPrefixListRequest: { PrefixListId: 'pl-1', AddEntry: { tag: 1, content: 7 } },
      },
    );
  });
});

describe('the EventBridge event', () => {
  it('carries the record without naming resources', () => {
    const record = recordOf('DeleteSecurityGroup', { GroupId: 'sg-1' }) ?? {};

    expect(eventBridgeEvent(record, place)).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.ec2',
      account: '123456789012',
      time: '2026-01-02T03:04:05Z',
      region: 'eu-west-1',
      resources: [],
      detail: record,
    });
  });
});
