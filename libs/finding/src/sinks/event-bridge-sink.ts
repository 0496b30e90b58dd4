/** Findings to machines: an event each, on an EventBridge bus. */
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Finding } from '../finding.js';
import { groupArn } from '../group-arn.js';
import { bytesOf, withinBytes } from '../size.js';
import { sendInBatches } from './batches.js';
import { SDK_LIMITS } from './sdk-limits.js';
import type { FindingSink, Undelivered } from './sink.js';

export interface EventBridgeTarget {
  /** The name or the ARN of a bus. */
  readonly eventBus: string;
}

/** What the events of findings are found by. */
export const EVENT_SOURCE = 'portcullis';
export const EVENT_DETAIL_TYPE = 'Portcullis Finding';

/** Source: EventBridge API reference, PutEvents: at most 10 entries of 256 KB together, each with its names. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256_000;
const MAX_DETAIL = 250_000;

/** Returns the sink over the client. */
export function eventBridgeSink(client: EventBridgeClient, { eventBus }: EventBridgeTarget): FindingSink {
  return {
    name: 'eventbridge',
    emit: (findings, signal) => {
      const entries = findings.map((finding) => ({ finding, entry: entryFor(finding, eventBus) }));
      const limits = { maxItems: MAX_ENTRIES, maxBytes: MAX_BYTES, bytesOf: entryBytes };
      return sendInBatches(entries, limits, async (batch) => {
        const command = new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) });
        // It answers 200 also for entries that it did not take. What came of each is in the order of the entries.
        const { Entries = [] } = await client.send(command, { abortSignal: signal });
        return batch.flatMap(({ finding }, i): Undelivered[] => {
          const { EventId, ErrorCode = 'no code' } = Entries[i] ?? {};
          return EventId === undefined ? [{ findingId: finding.id, reason: `PutEvents failed with ${ErrorCode}` }] : [];
        });
      });
    },
  };
}

/** Returns the sink with a client of its own, of the region that the bus is in where its ARN tells that. */
export const openEventBridgeSink = (target: EventBridgeTarget): FindingSink => {
  const region = /^arn:[^:]+:events:([^:]+):/.exec(target.eventBus)?.[1];
  return eventBridgeSink(new EventBridgeClient({ ...SDK_LIMITS, ...(region !== undefined && { region }) }), target);
};

function entryBytes({ entry }: { readonly entry: PutEventsRequestEntry }): number {
  return bytesOf(entry);
}

function entryFor(finding: Finding, eventBus: string): PutEventsRequestEntry {
  const { event, group } = finding;
  const arn = groupArn(group);
  return {
    EventBusName: eventBus,
    Source: EVENT_SOURCE,
    DetailType: EVENT_DETAIL_TYPE,
    Detail: JSON.stringify(withinBytes(finding, MAX_DETAIL)),
    ...(arn !== null && { Resources: [arn] }),
    ...(event.time !== null && { Time: new Date(event.time) }),
  };
}
