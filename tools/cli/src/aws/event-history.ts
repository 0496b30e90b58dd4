/** Reads CloudTrail's event history. */
import { paginateLookupEvents, type CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { parseCloudTrailEvent } from '@portcullis/cloudtrail';
import { parseJsonText } from '../files/json-members.js';
import type { HistoryPage } from '../who/history-reader.js';

/** The maximum number of events in one response. Source: CloudTrail API reference, LookupEvents. */
const PAGE_SIZE = 50;

/** Yields the calls with this name in the account and region, newest first. */
export async function* lookUpAccountRegionHistory(
  client: CloudTrailClient,
  eventName: string,
  abortSignal?: AbortSignal,
): AsyncGenerator<HistoryPage> {
  const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: eventName }];
  for await (const { Events = [] } of paginateLookupEvents({ client, pageSize: PAGE_SIZE }, { LookupAttributes }, { abortSignal })) {
    const calls = Events.flatMap(({ CloudTrailEvent }) => {
      const parsed = parseCloudTrailEvent(parseJsonText(CloudTrailEvent));
      return parsed.ok ? [parsed.value] : [];
    });
    yield { calls, oldest: Events.at(-1)?.EventTime?.toISOString().replace('.000Z', 'Z') ?? null };
  }
}
