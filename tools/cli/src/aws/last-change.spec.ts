import { CloudTrailClient, LookupEventsCommand, type Event } from '@aws-sdk/client-cloudtrail';
import { mockClient } from 'aws-sdk-client-mock';
import { lastChangeOf } from './last-change.js';

const client = new CloudTrailClient({ region: 'eu-west-1' });
const trail = mockClient(client);
beforeEach(() => trail.reset());

const event = (eventName: string, changes: Readonly<Record<string, unknown>> = {}): Event => ({
  CloudTrailEvent: JSON.stringify({
    eventVersion: '1.10',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/mallory', userName: 'mallory' },
    eventTime: '2026-11-23T11:00:00Z',
    eventSource: 'ec2.amazonaws.com',
    eventName,
    awsRegion: 'eu-west-1',
    sourceIPAddress: '198.51.100.7',
    requestParameters: { groupId: 'sg-0000000a', ipPermissions: { items: [] } },
    responseElements: { _return: true },
    eventID: `${eventName}-1`,
    recipientAccountId: '111122223333',
    ...changes,
  }),
});

it('is the newest call that succeeded and changed the group', async () => {
  trail.on(LookupEventsCommand).resolves({
    Events: [
      event('CreateTags', {
        requestParameters: { resourcesSet: { items: [{ resourceId: 'sg-0000000a' }] }, tagSet: { items: [] } },
      }),
      event('RevokeSecurityGroupIngress', { errorCode: 'Client.UnauthorizedOperation', responseElements: null }),
      event('AuthorizeSecurityGroupIngress', {
        requestParameters: { groupId: 'sg-0000000b', ipPermissions: { items: [] } },
      }),
      { CloudTrailEvent: 'not JSON' },
      {},
      event('AuthorizeSecurityGroupEgress'),
      event('RevokeSecurityGroupEgress'),
    ],
  });

  expect(await lastChangeOf(client, 'sg-0000000a')).toEqual({
    eventId: 'AuthorizeSecurityGroupEgress-1',
    eventName: 'AuthorizeSecurityGroupEgress',
    time: '2026-11-23T11:00:00Z',
    actor: {
      type: 'IAMUser',
      arn: 'arn:aws:iam::111122223333:user/mallory',
      issuerArn: null,
      sessionName: null,
      userName: 'mallory',
      sourceIp: '198.51.100.7',
      mfa: false,
    },
  });
  expect(trail.commandCalls(LookupEventsCommand)[0]?.args[0].input).toEqual({
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'sg-0000000a' }],
    MaxResults: 50,
  });
});

it('is looked for on some pages, and not for ever', async () => {
  trail.on(LookupEventsCommand).resolves({ Events: [], NextToken: 'more' });
  expect(await lastChangeOf(client, 'sg-0000000a')).toBeUndefined();
  expect(trail.commandCalls(LookupEventsCommand)).toHaveLength(4);

  trail.reset();
  trail
    .on(LookupEventsCommand)
    .resolvesOnce({ Events: [], NextToken: 'more' })
    .resolvesOnce({
      Events: [
        event('ModifySecurityGroupRules', {
          requestParameters: {
            ModifySecurityGroupRulesRequest: {
              GroupId: 'sg-0000000a',
              SecurityGroupRule: {
                SecurityGroupRuleId: 'sgr-1',
                SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, CidrIpv4: '10.0.0.0/8' },
              },
            },
          },
        }),
      ],
    });
  expect(await lastChangeOf(client, 'sg-0000000a')).toMatchObject({ eventName: 'ModifySecurityGroupRules' });
});
