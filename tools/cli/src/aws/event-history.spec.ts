import { CloudTrailClient, type Event } from '@aws-sdk/client-cloudtrail';
import { cloudTrailEvent } from '@portcullis/cloudtrail/testing';
import { clientOn, type Answers } from '../testing/account-region.js';
import type { GroupChange } from './account-region.js';
import { changesOf } from './event-history.js';

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

async function changesIn(LookupEvents: Answers[string]): Promise<GroupChange[]> {
  const changes: GroupChange[] = [];
  for await (const change of changesOf(clientOn(CloudTrailClient, { LookupEvents }), GROUP)) changes.push(change);
  return changes;
}

it('yields only successful calls that changed the group', async () => {
  let asked: unknown;
  const changes = await changesIn((input) => {
    asked = input;
    return {
      Events: [
        event('CreateTags', { requestParameters: { resourcesSet: { items: [{ resourceId: GROUP }] }, tagSet: { items: [] } } }),
        event('RevokeSecurityGroupIngress', { errorCode: 'Client.UnauthorizedOperation', responseElements: null }),
        event('AuthorizeSecurityGroupIngress', { requestParameters: { groupId: 'sg-0000000b', ipPermissions: { items: [] } } }),
        { CloudTrailEvent: 'not JSON' },
        {},
        event('AuthorizeSecurityGroupEgress'),
      ],
    };
  });

  expect(asked).toEqual({ LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: GROUP }], MaxResults: 50 });
  expect(changes).toEqual([
    {
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
    },
  ]);
});

it('reads at most four pages', async () => {
  const changes = await changesIn(({ NextToken = '0' }) => ({
    Events: [event('RevokeSecurityGroupEgress', { eventID: NextToken })],
    NextToken: String(Number(NextToken) + 1),
  }));

  expect(changes).toHaveLength(4);
});
