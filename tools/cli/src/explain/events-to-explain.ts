/** Finds the events in a file from EventBridge, a trail's log, `aws cloudtrail lookup-events`, or AWS Config. */
import { isGuardEvent, parseGuardCall, tagEventNames, watchedEventNames } from '@portcullis/cloudtrail';
import { jsonMember, jsonTextMember } from '../files/json-members.js';
import { parseFindingInFile } from '../files/finding-file.js';
import { Failure } from '../command-line/failure.js';
import { safeTerminalLine } from '../command-line/printable.js';

export interface EventsIn {
  readonly events: readonly unknown[];
  /** The number of records that invoke no function. */
  readonly skipped: number;
}

/** @throws {Failure} when the text is not JSON, is a finding or contains no event. */
export function eventsToExplain(text: string, fileName: string, guardName: string | undefined): EventsIn {
  const value = parseJsonToExplain(text, fileName);
  if (parseFindingInFile(jsonMember(value, 'finding') ?? value) !== undefined)
    throw new Failure(
      `\`${fileName}\` contains a finding; expected the event that caused the finding: a CloudTrail record or an event of AWS Config`,
    );
  const list = eventListIn(value);
  const all = list.map((each) => {
    // LookupEvents returns each record as JSON text.
    const record = jsonTextMember(each, 'CloudTrailEvent');
    return record === null ? each : parseJsonToExplain(record, fileName);
  });
  if (all.length === 0)
    throw new Failure(`\`${fileName}\` contains no event; expected a CloudTrail record or an event of AWS Config, as JSON`);
  // Explains a single record even if the record invokes no function.
  const events = list[0] === value ? all : all.filter((each) => isEventToExplain(each, guardName));
  return { events, skipped: all.length - events.length };
}

function parseJsonToExplain(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The message of JSON.parse quotes the file, so the message can contain control characters.
    throw new Failure(
      `\`${fileName}\` is not JSON (${safeTerminalLine(error.message)}); expected a CloudTrail record or an event of AWS Config`,
    );
  }
}

function eventListIn(value: unknown): readonly unknown[] {
  // A trail's log file has the list `Records`. The response to LookupEvents has the list `Events`.
  for (const list of [value, jsonMember(value, 'Records'), jsonMember(value, 'Events')]) if (Array.isArray(list)) return list;
  return typeof value === 'object' && value !== null ? [value] : [];
}

const WATCHED: ReadonlySet<unknown> = new Set([...watchedEventNames, ...tagEventNames]);

/**
 * Reports whether the event invokes a function. Returns `true` for an event without the name of a call, so that `explain` reports the
 * missing name.
 */
function isEventToExplain(event: unknown, guardName: string | undefined): boolean {
  if (isRemediatorEventToExplain(event)) return true;
  if (guardName !== undefined && isGuardEvent(event)) {
    const parsed = parseGuardCall(event, { name: guardName });
    return !parsed.ok || parsed.value !== undefined;
  }
  const record = jsonMember(event, 'detail') ?? event;
  const [source, name] = [jsonMember(record, 'eventSource'), jsonMember(record, 'eventName')];
  return source === undefined || name === undefined || (source === 'ec2.amazonaws.com' && WATCHED.has(name));
}

/** Reports whether AWS Config or the detector sends the event to the remediator. */
export function isRemediatorEventToExplain(event: unknown): boolean {
  return typeof event === 'object' && event !== null && ('invokingEvent' in event || 'portcullis' in event);
}
