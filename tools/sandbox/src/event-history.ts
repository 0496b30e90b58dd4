// CloudTrail's event history, which an account has without a trail: moto answers LookupEvents with HTTP 500.
import { jsonError, jsonResponse } from './api-response.js';
import { listOf, objectOf, textOf, type JsonObject } from './json.js';
import { on, type Interceptor } from './pipeline.js';

export interface EventHistory {
  readonly interceptor: Interceptor;
  add(record: JsonObject): void;
}

/** Source: CloudTrail API reference, LookupEvents: at most 50 results, newest first. */
const MAX_RESULTS = 50;

/** The history of one region. */
export const createEventHistory = (region: string): EventHistory => {
  const records: JsonObject[] = [];
  return {
    add: (record) => {
      records.unshift(record);
    },
    interceptor: {
      matches: (request) => request.region === region && on('cloudtrail', 'LookupEvents')(request),
      handle: ({ input }) => {
        const attributes = listOf(input, 'LookupAttributes');
        if (attributes.length > 1)
          return Promise.resolve(
            jsonError('InvalidLookupAttributesException', 'You can use only one lookup attribute at a time.'),
          );
        const found = records.filter((record) => attributes.every((attribute) => has(record, attribute)));
        const start = Number(textOf(input, 'NextToken') ?? 0);
        const size = typeof input.MaxResults === 'number' ? Math.min(input.MaxResults, MAX_RESULTS) : MAX_RESULTS;
        const end = start + size;
        return Promise.resolve(
          jsonResponse({
            Events: found.slice(start, end).map(eventOf),
            ...(end < found.length && { NextToken: String(end) }),
          }),
        );
      },
    },
  };
};

const has = (record: JsonObject, attribute: unknown): boolean => {
  const value = textOf(attribute, 'AttributeValue') ?? '';
  const valuesOf: Readonly<Record<string, (record: JsonObject) => readonly unknown[]>> = {
    EventId: ({ eventID }) => [eventID],
    EventName: ({ eventName }) => [eventName],
    EventSource: ({ eventSource }) => [eventSource],
    ResourceName: (each) => resourcesOf(each).map(({ ResourceName }) => ResourceName),
    Username: (each) => [userOf(each)],
  };
  return valuesOf[textOf(attribute, 'AttributeKey') ?? '']?.(record).includes(value) ?? false;
};

/** Which resources AWS finds in a record is documented nowhere; here it is every group that the call names. */
const resourcesOf = (record: JsonObject): { ResourceType: string; ResourceName: string }[] => {
  const ids = new Set(JSON.stringify([record.requestParameters, record.responseElements]).match(/sg-[0-9a-f]{8,17}/g));
  return [...ids].map((ResourceName) => ({ ResourceType: 'AWS::EC2::SecurityGroup', ResourceName }));
};

const userOf = (record: JsonObject): string | undefined => {
  const identity = objectOf(record, 'userIdentity');
  return textOf(identity, 'userName') ?? textOf(identity, 'arn')?.split('/').at(-1);
};

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
