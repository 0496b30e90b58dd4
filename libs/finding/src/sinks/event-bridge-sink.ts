import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Finding } from '../finding/finding.js';
import { findingGroupArn } from '../finding/group-arn.js';
import { findingJsonByteLength, shortenFinding } from '../finding/finding-size.js';
import { ocsfFor } from '../formats/ocsf.js';
import { sendFindingsInBatches } from './batches.js';
import { SDK_LIMITS } from './sdk-limits.js';
import type { FindingSink, Undelivered } from './sink.js';

export interface EventBridgeTarget {
  /** The name or the ARN of an event bus. */
  readonly eventBus: string;
  /** The format of the events. With `both`, the sink writes two events for each finding. */
  readonly format: EventFormat;
}

export type EventFormat = 'portcullis' | 'ocsf' | 'both';

/** The source and the detail types of the events, which EventBridge rules of the bus match. */
const EVENT_SOURCE = 'portcullis';
const DETAIL_TYPES = { portcullis: 'Portcullis Finding', ocsf: 'Portcullis OCSF Finding' } as const;

/** Source: EventBridge API reference, PutEvents: at most 10 entries, with at most 256 KB in total, including the names of the fields. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256_000;
const MAX_DETAIL_BYTES = 250_000;

/** Returns a sink that puts each finding as an event on an EventBridge bus, for programs that process findings. */
export function eventBridgeSink(client: EventBridgeClient, { eventBus, format }: EventBridgeTarget): FindingSink {
  const formats = format === 'both' ? (['portcullis', 'ocsf'] as const) : [format];
  return {
    name: 'eventbridge',
    emit: (findings, signal) => {
      const entries = findings.flatMap((finding) => formats.map((each) => ({ finding, entry: eventEntry(finding, eventBus, each) })));
      const limits = { maxItems: MAX_ENTRIES, maxBytes: MAX_BYTES, bytesOf: eventEntryBytes };
      return sendFindingsInBatches(entries, limits, async (batch) => {
        const command = new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) });
        // The call succeeds even if EventBridge refuses entries. The results have the order of the entries.
        const { Entries = [] } = await client.send(command, { abortSignal: signal });
        return batch.flatMap(({ finding }, i): Undelivered[] => {
          const { EventId, ErrorCode = 'no code' } = Entries[i] ?? {};
          return EventId === undefined ? [{ findingId: finding.id, reason: `PutEvents failed with ${ErrorCode}` }] : [];
        });
      });
    },
  };
}

/** Returns an `eventBridgeSink` with a client. If the bus is an ARN, the client uses the region in the ARN. */
export function eventBridgeSinkWithClient(target: EventBridgeTarget): FindingSink {
  const region = /^arn:[^:]+:events:([^:]+):/.exec(target.eventBus)?.[1];
  return eventBridgeSink(new EventBridgeClient({ ...SDK_LIMITS, ...(region !== undefined && { region }) }), target);
}

function eventEntryBytes({ entry }: { readonly entry: PutEventsRequestEntry }): number {
  return findingJsonByteLength(entry);
}

function eventEntry(finding: Finding, eventBus: string, format: keyof typeof DETAIL_TYPES): PutEventsRequestEntry {
  const { event, group } = finding;
  const arn = findingGroupArn(group);
  return {
    EventBusName: eventBus,
    Source: EVENT_SOURCE,
    DetailType: DETAIL_TYPES[format],
    Detail: JSON.stringify(format === 'ocsf' ? ocsfFor(finding, new Date()) : shortenFinding(finding, MAX_DETAIL_BYTES)),
    ...(arn !== null && { Resources: [arn] }),
    ...(event.time !== null && { Time: new Date(event.time) }),
  };
}
