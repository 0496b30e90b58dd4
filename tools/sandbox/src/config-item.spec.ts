import type { SecurityGroup } from '@aws-sdk/client-ec2';
import { changeNotice, oversizedNotice, ruleEvent, scheduledNotice } from './config-event.js';
import { deletedGroupItem, groupItem, itemDiff } from './config-item.js';
import { isInScope } from './config-rule-scope.js';

const place = { accountId: '123456789012', region: 'eu-west-1' };
const time = { capture: new Date('2026-01-02T03:04:05.678Z'), stateId: 7 };
const group: SecurityGroup = {
  GroupId: 'sg-1',
  GroupName: 'web',
  Description: 'the web',
  OwnerId: '123456789012',
  VpcId: 'vpc-1',
  Tags: [{ Key: 'Tier', Value: 'web' }],
  IpPermissions: [
    {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'corp' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      PrefixListIds: [{ PrefixListId: 'pl-1' }],
      UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '123456789012' }],
    },
  ],
  IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
};
const item = groupItem(group, 'OK', time, place);

describe('the configuration item of a group', () => {
  it('has the header of version 1.3', () => {
    expect(item).toMatchObject({
      configurationItemVersion: '1.3',
      configurationItemCaptureTime: '2026-01-02T03:04:05.678Z',
      configurationStateId: 7,
      awsAccountId: '123456789012',
      configurationItemStatus: 'OK',
      resourceType: 'AWS::EC2::SecurityGroup',
      resourceId: 'sg-1',
      resourceName: 'web',
      ARN: 'arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1',
      awsRegion: 'eu-west-1',
      tags: { Tier: 'web' },
      relationships: [{ resourceId: 'vpc-1', resourceType: 'AWS::EC2::VPC', name: 'Is contained in Vpc' }],
      relatedEvents: [],
    });
  });

  it('has IPv4 sources twice, as objects and as texts, and no ports where there are none', () => {
    expect(item.configuration).toEqual({
      description: 'the web',
      groupName: 'web',
      groupId: 'sg-1',
      ownerId: '123456789012',
      vpcId: 'vpc-1',
      tags: [{ key: 'Tier', value: 'web' }],
      ipPermissions: [
        {
          ipProtocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          ipv4Ranges: [{ cidrIp: '10.0.0.0/8', description: 'corp' }],
          ipRanges: ['10.0.0.0/8'],
          ipv6Ranges: [{ cidrIpv6: '::/0' }],
          prefixListIds: [{ prefixListId: 'pl-1' }],
          userIdGroupPairs: [{ groupId: 'sg-2', userId: '123456789012' }],
        },
      ],
      ipPermissionsEgress: [
        {
          ipProtocol: '-1',
          ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }],
          ipRanges: ['0.0.0.0/0'],
          ipv6Ranges: [],
          prefixListIds: [],
          userIdGroupPairs: [],
        },
      ],
    });
  });

  it('has no configuration when the group is gone', () => {
    expect(deletedGroupItem(group, time, place)).toMatchObject({
      configurationItemStatus: 'ResourceDeleted',
      resourceId: 'sg-1',
      configuration: null,
      relationships: [],
    });
  });
});

describe('the difference between two items', () => {
  it('is null when there was none before', () => {
    expect(itemDiff(undefined, item)).toBeNull();
  });

  it('names changed permissions by position', () => {
    const [https] = group.IpPermissions ?? [];
    const ssh = { ...https, FromPort: 22, ToPort: 22 };
    const changed = groupItem({ ...group, IpPermissions: [ssh] }, 'OK', time, place);

    expect(itemDiff(item, changed)).toMatchObject({
      changeType: 'UPDATE',
      changedProperties: {
        'Configuration.IpPermissions.0': { changeType: 'DELETE', previousValue: { fromPort: 443 } },
        'Configuration.IpPermissions.1': { changeType: 'CREATE', updatedValue: { fromPort: 22 } },
      },
    });
  });
});

describe('a notice of AWS Config', () => {
  const now = new Date('2026-01-02T03:05:00.000Z');

  it('of a change carries the item', () => {
    expect(changeNotice(item, null, now)).toEqual({
      configurationItemDiff: null,
      configurationItem: item,
      notificationCreationTime: '2026-01-02T03:05:00.000Z',
      messageType: 'ConfigurationItemChangeNotification',
      recordVersion: '1.3',
    });
  });

  it('of a change too large carries a summary', () => {
    expect(oversizedNotice(item, { changeType: 'UPDATE' }, now)).toMatchObject({
      messageType: 'OversizedConfigurationItemChangeNotification',
      configurationItemSummary: { changeType: 'UPDATE', resourceId: 'sg-1', configurationItemStatus: 'OK' },
    });
    expect(JSON.stringify(oversizedNotice(item, null, now))).not.toContain('ipPermissions');
  });

  it('of a schedule names no resource', () => {
    expect(scheduledNotice(now, place)).toEqual({
      awsAccountId: '123456789012',
      notificationCreationTime: '2026-01-02T03:05:00.000Z',
      messageType: 'ScheduledNotification',
      recordVersion: '1.0',
    });
  });

  it('reaches the function as text, with parameters only when the rule has some', () => {
    const more = {
      resultToken: 'token',
      eventLeftScope: false,
      executionRoleArn: 'arn:role',
      accountId: '123456789012',
    };
    const rule = { ConfigRuleName: 'guard', Source: undefined };

    expect(ruleEvent(rule, { a: 1 }, more)).toMatchObject({ invokingEvent: '{"a":1}', resultToken: 'token' });
    expect(ruleEvent(rule, {}, more)).not.toHaveProperty('ruleParameters');
    expect(ruleEvent({ ...rule, InputParameters: '{"debug":"true"}' }, {}, more)).toMatchObject({
      ruleParameters: '{"debug":"true"}',
    });
  });
});

describe('the scope of a rule', () => {
  it.each([
    ['none', undefined, true],
    ['the type', { ComplianceResourceTypes: ['AWS::EC2::SecurityGroup'] }, true],
    ['another type', { ComplianceResourceTypes: ['AWS::EC2::Instance'] }, false],
    ['the id', { ComplianceResourceTypes: ['AWS::EC2::SecurityGroup'], ComplianceResourceId: 'sg-1' }, true],
    ['another id', { ComplianceResourceTypes: ['AWS::EC2::SecurityGroup'], ComplianceResourceId: 'sg-2' }, false],
    ['a tag the group has', { TagKey: 'Tier' }, true],
    ['a tag with its value', { TagKey: 'Tier', TagValue: 'web' }, true],
    ['a tag with another value', { TagKey: 'Tier', TagValue: 'db' }, false],
    ['a tag the group has not', { TagKey: 'Owner' }, false],
  ])('of %s has the group or not', (_scope, Scope, isIn) => {
    expect(isInScope({ Scope, Source: undefined }, item)).toBe(isIn);
  });
});
