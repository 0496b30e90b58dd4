import { CloudTrailClient, LookupEventsCommand, type Event } from '@aws-sdk/client-cloudtrail';
import { cloudTrailEvent } from '@portcullis/cloudtrail/testing';
import { mockClient } from 'aws-sdk-client-mock';
import { changesOf } from './event-history.js';

const client = new CloudTrailClient({ region: 'eu-west-1' });
const trail = mockClient(client);
beforeEach(() => trail.reset());

const GROUP = 'sg-0000000a';
const event = (eventName: string, changes: Readonly<Record<string, unknown>> = {}): Event => ({
  CloudTrailEvent: JSON.stringify(
    cloudTrailEvent({
      eventName,
      eventID: eventName,
      requestParameters: { groupId: GROUP, ipPermissions: { items: [] } },
      responseElements: { _return: true },
      ...changes,
    }).detail,
  ),
});

async function namesOf(groupId: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { eventName } of changesOf(client, groupId)) names.push(eventName);
  return names;
}

it('yields only successful calls that changed the group', async () => {
  trail.on(LookupEventsCommand).resolves({
    Events: [
      event('CreateTags', { requestParameters: { resourcesSet: { items: [{ resourceId: GROUP }] }, tagSet: { items: [] } } }),
      event('RevokeSecurityGroupIngress', { errorCode: 'Client.UnauthorizedOperation', responseElements: null }),
      event('AuthorizeSecurityGroupIngress', { requestParameters: { groupId: 'sg-0000000b', ipPermissions: { items: [] } } }),
      { CloudTrailEvent: 'not JSON' },
      {},
      event('AuthorizeSecurityGroupEgress'),
    ],
  });

  for await (const change of changesOf(client, GROUP))
    expect(change).toEqual({
      eventId: 'AuthorizeSecurityGroupEgress',
      eventName: 'AuthorizeSecurityGroupEgress',
      time: '2026-01-15T09:30:00Z',
      actor: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/Operator/ana',
        issuerArn: 'arn:aws:iam::111122223333:role/people/Operator',
        sessionName: 'ana',
        userName: 'Operator',
        sourceIp: '203.0.113.10',
        mfa: true,
      },
    });
  expect(await namesOf(GROUP)).toEqual(['AuthorizeSecurityGroupEgress']);
  expect(trail.commandCalls(LookupEventsCommand)[0]?.args[0].input).toEqual({
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: GROUP }],
    MaxResults: 50,
  });
});

it('reads at most four pages', async () => {
  trail.on(LookupEventsCommand).callsFake(({ NextToken = '0' }: { NextToken?: string }) => ({
    Events: [event('RevokeSecurityGroupEgress', { eventID: NextToken })],
    NextToken: String(Number(NextToken) + 1),
  }));

  expect(await namesOf(GROUP)).toHaveLength(4);
});
