/** Reads what EventBridge sends: the one place where this function meets its input. */
import { parseCloudTrailEvent, type ParsedCloudTrailEvent } from '@portcullis/cloudtrail';

export type UnreadableEvent = Extract<ParsedCloudTrailEvent, { ok: false }>;

/** Returns the call that the event records, or why it cannot be read. Never throws. */
export function parseEvent(event: unknown): ParsedCloudTrailEvent {
  return parseCloudTrailEvent(event);
}
