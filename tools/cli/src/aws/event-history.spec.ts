import { CloudTrailClient, type Event } from '@aws-sdk/client-cloudtrail';
import { cloudTrailEvent } from '@portcullis/cloudtrail/testing';
import { clientOn } from '../testing/account-region.js';
import { lookUpAccountRegionHistory } from './event-history.js';

function event(eventID: string, EventTime: string): Event {
  const { detail } = cloudTrailEvent({ eventName: 'AuthorizeSecurityGroupEgress', eventID });
  return { EventTime: new Date(EventTime), CloudTrailEvent: JSON.stringify(detail) };
}

it("`lookUpAccountRegionHistory` yields the readable calls on each page of CloudTrail's event history, and the time of the page's oldest event", async () => {
  const asked: unknown[] = [];
  const client = clientOn(CloudTrailClient, {
    LookupEvents: (input) => {
      asked.push({ ...input });
      if (input.NextToken === 'second') return { Events: [] };
      const unreadable = { CloudTrailEvent: 'not JSON', EventTime: new Date('2026-01-15T09:00:00Z') };
      return { Events: [event('e-2', '2026-01-15T09:30:00Z'), {}, unreadable], NextToken: 'second' };
    },
  });

  const pages: unknown[] = [];
  for await (const { calls, oldest } of lookUpAccountRegionHistory(client, 'AuthorizeSecurityGroupEgress'))
    pages.push([calls.map(({ eventId }) => eventId), oldest]);

  expect(pages).toEqual([
    [['e-2'], '2026-01-15T09:00:00Z'],
    [[], null],
  ]);
  const first = { LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'AuthorizeSecurityGroupEgress' }], MaxResults: 50 };
  expect(asked).toEqual([first, { ...first, NextToken: 'second' }]);
});
