/** CloudTrail's event history, which an account has without a trail. moto has no LookupEvents. */
import type { PendingCall, Verdict } from '../aws/call.js';
import { listOf, objectOf, textOf, type JsonObject } from '../json.js';

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html: at most 50 results, newest first. */
const MAX_RESULTS = 50;

export class EventHistory {
  private readonly records: JsonObject[] = [];

  add(record: JsonObject): void {
    this.records.unshift(record);
  }

  lookUp({ input, account, region }: PendingCall): Verdict {
    const attributes = listOf(input, 'LookupAttributes');
    if (attributes.length > 1)
      return { error: { code: 'InvalidLookupAttributesException', message: 'You can use only one lookup attribute at a time.' } };
    const found = this.records.filter(
      (record) =>
        record.recipientAccountId === account && record.awsRegion === region && attributes.every((attribute) => has(record, attribute)),
    );
    const start = Number(textOf(input, 'NextToken') ?? 0);
    const end = start + (typeof input.MaxResults === 'number' ? Math.min(input.MaxResults, MAX_RESULTS) : MAX_RESULTS);
    return { result: { Events: found.slice(start, end).map(eventOf), ...(end < found.length && { NextToken: String(end) }) } };
  }
}

function has(record: JsonObject, attribute: unknown): boolean {
  const values = {
    EventId: [record.eventID],
    EventName: [record.eventName],
    EventSource: [record.eventSource],
    ResourceName: resourcesOf(record).map(({ ResourceName }) => ResourceName),
    Username: [userOf(record)],
  };
  return listOf(values, textOf(attribute, 'AttributeKey') ?? '').includes(textOf(attribute, 'AttributeValue'));
}

/** Which resources AWS finds in a record is documented nowhere; here it is every group that the call names. */
function resourcesOf(record: JsonObject): { readonly ResourceType: string; readonly ResourceName: string }[] {
  const ids = new Set(JSON.stringify([record.requestParameters, record.responseElements]).match(/sg-[0-9a-f]{8,17}/g));
  return [...ids].map((ResourceName) => ({ ResourceType: 'AWS::EC2::SecurityGroup', ResourceName }));
}

function userOf(record: JsonObject): string | undefined {
  const identity = objectOf(record, 'userIdentity');
  return textOf(identity, 'userName') ?? textOf(identity, 'arn')?.split('/').at(-1);
}

const eventOf = (record: JsonObject): JsonObject => ({
  EventId: record.eventID,
  EventName: record.eventName,
  ReadOnly: 'false',
  EventTime: Date.parse(textOf(record, 'eventTime') ?? '') / 1000,
  EventSource: record.eventSource,
  Username: userOf(record),
  Resources: resourcesOf(record),
  CloudTrailEvent: JSON.stringify(record),
});
