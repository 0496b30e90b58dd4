/** Who changed a group, according to CloudTrail's event history. */
import { paginateLookupEvents, type CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { parseCloudTrailEvent } from '@portcullis/cloudtrail';
import { jsonIn } from '../files/json.js';
import type { HistoryPage } from '../who/find-origins.js';
import { MAX_EVENTS_READ, type GroupChange } from './account-region.js';

/** The maximum number of events in one answer. Source: CloudTrail API reference, LookupEvents. */
const PAGE_SIZE = 50;

/** Yields the calls with this name in the account and region, newest first. */
export async function* callsNamed(client: CloudTrailClient, eventName: string, abortSignal?: AbortSignal): AsyncGenerator<HistoryPage> {
  const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: eventName }];
  for await (const { Events = [] } of paginateLookupEvents({ client, pageSize: PAGE_SIZE }, { LookupAttributes }, { abortSignal })) {
    const calls = Events.flatMap(({ CloudTrailEvent }) => {
      const parsed = parseCloudTrailEvent(jsonIn(CloudTrailEvent));
      return parsed.ok ? [parsed.value] : [];
    });
    yield { calls, oldest: Events.at(-1)?.EventTime?.toISOString().replace('.000Z', 'Z') ?? null };
  }
}

/** Yields the successful calls that created the group or changed its rules, newest first. Reads at most `MAX_EVENTS_READ` events. */
export async function* changesOf(client: CloudTrailClient, groupId: string, abortSignal?: AbortSignal): AsyncGenerator<GroupChange> {
  const LookupAttributes = [{ AttributeKey: 'ResourceName' as const, AttributeValue: groupId }];
  let pages = 0;
  // The events arrive newest first. Source: CloudTrail API reference, LookupEvents.
  for await (const { Events = [] } of paginateLookupEvents({ client, pageSize: PAGE_SIZE }, { LookupAttributes }, { abortSignal })) {
    for (const { CloudTrailEvent } of Events) {
      const change = changeIn(CloudTrailEvent, groupId);
      if (change !== undefined) yield change;
    }
    pages += 1;
    if (pages * PAGE_SIZE >= MAX_EVENTS_READ) return;
  }
}

function changeIn(text: string | undefined, groupId: string): GroupChange | undefined {
  const parsed = parseCloudTrailEvent(jsonIn(text));
  if (!parsed.ok) return undefined;
  const { eventId, eventName, eventTime, actor, change, outcome, target } = parsed.value;
  const isChange = outcome === 'succeeded' && ['authorize', 'revoke', 'modify', 'create'].includes(change.kind);
  if (!isChange || !target.groupIds.includes(groupId)) return undefined;
  const { type, arn, issuerArn, sessionName, userName, sourceIp, mfa } = actor;
  return { eventId, eventName, time: eventTime, actor: { type, arn, issuerArn, sessionName, userName, sourceIp, mfa } };
}
