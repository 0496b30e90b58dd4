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
    const found = this.records
      .filter((record) => record.recipientAccountId === account && record.awsRegion === region)
      .map(eventOf)
      .filter((event) => attributes.every((attribute) => has(event, attribute)));
    const start = Number(textOf(input, 'NextToken') ?? 0);
    const end = start + (typeof input.MaxResults === 'number' ? Math.min(input.MaxResults, MAX_RESULTS) : MAX_RESULTS);
    return { result: { Events: found.slice(start, end), ...(end < found.length && { NextToken: String(end) }) } };
  }
}

function has(event: JsonObject, attribute: unknown): boolean {
  const [key = '', value] = [textOf(attribute, 'AttributeKey'), textOf(attribute, 'AttributeValue')];
  return key === 'ResourceName' ? listOf(event, 'Resources').some((each) => textOf(each, key) === value) : event[key] === value;
}

function eventOf(record: JsonObject): JsonObject {
  const identity = objectOf(record, 'userIdentity');
  // Which resources AWS finds in a record is documented nowhere; here it is every group that the call names.
  const ids = JSON.stringify([record.requestParameters, record.responseElements]).match(/sg-[0-9a-f]{8,17}/g);
  return {
    EventId: record.eventID,
    EventName: record.eventName,
    ReadOnly: 'false',
    EventTime: Date.parse(textOf(record, 'eventTime') ?? '') / 1000,
    EventSource: record.eventSource,
    Username: textOf(identity, 'userName') ?? textOf(identity, 'arn')?.split('/').at(-1),
    Resources: [...new Set(ids)].map((ResourceName) => ({ ResourceType: 'AWS::EC2::SecurityGroup', ResourceName })),
    CloudTrailEvent: JSON.stringify(record),
  };
}
