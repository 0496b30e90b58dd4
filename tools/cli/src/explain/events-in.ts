/** Finds the events in a file from EventBridge, a trail's log, `aws cloudtrail lookup-events`, or AWS Config. */
import { isGuardEvent, parseGuardCall, tagEventNames, watchedEventNames } from '@portcullis/cloudtrail';
import { memberOf, textMemberOf } from '../files/json.js';
import { findingIn } from '../undo/findings-in.js';
import { Failure } from '../command-line/failure.js';
import { oneLine } from '../command-line/printable.js';

export interface EventsIn {
  readonly events: readonly unknown[];
  /** The number of records that invoke no function. */
  readonly skipped: number;
}

/** @throws {Failure} when the text is not JSON, is a finding or contains no event. */
export function eventsIn(text: string, fileName: string, guardName: string | undefined): EventsIn {
  const value = jsonOf(text, fileName);
  if (findingIn(memberOf(value, 'finding') ?? value) !== undefined)
    throw new Failure(
      `\`${fileName}\` contains a finding; expected the event that it is about: a CloudTrail record or an event of AWS Config`,
    );
  const list = listIn(value);
  const all = list.map((each) => {
    // LookupEvents returns each record as JSON text.
    const record = textMemberOf(each, 'CloudTrailEvent');
    return record === null ? each : jsonOf(record, fileName);
  });
  if (all.length === 0)
    throw new Failure(`\`${fileName}\` contains no event; expected a CloudTrail record or an event of AWS Config, as JSON`);
  // A single record is always explained.
  const events = list[0] === value ? all : all.filter((each) => isWatched(each, guardName));
  return { events, skipped: all.length - events.length };
}

function jsonOf(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The message quotes the beginning of the file.
    throw new Failure(`\`${fileName}\` is not JSON (${oneLine(error.message)}); expected a CloudTrail record or an event of AWS Config`);
  }
}

function listIn(value: unknown): readonly unknown[] {
  // The value may be a list, a trail's log file, or the answer of LookupEvents.
  for (const list of [value, memberOf(value, 'Records'), memberOf(value, 'Events')]) if (Array.isArray(list)) return list;
  return typeof value === 'object' && value !== null ? [value] : [];
}

const WATCHED: ReadonlySet<unknown> = new Set([...watchedEventNames, ...tagEventNames]);

/** Reports whether the event invokes a function. Also true for an event without the name of a call, so that it is explained. */
function isWatched(event: unknown, guardName: string | undefined): boolean {
  if (isForRemediator(event)) return true;
  if (guardName !== undefined && isGuardEvent(event)) {
    const parsed = parseGuardCall(event, { name: guardName });
    return !parsed.ok || parsed.value !== undefined;
  }
  const record = memberOf(event, 'detail') ?? event;
  const [source, name] = [memberOf(record, 'eventSource'), memberOf(record, 'eventName')];
  return source === undefined || name === undefined || (source === 'ec2.amazonaws.com' && WATCHED.has(name));
}

/** Reports whether AWS Config or the detector sends the event to the remediator. */
export function isForRemediator(event: unknown): boolean {
  return typeof event === 'object' && event !== null && ('invokingEvent' in event || 'portcullis' in event);
}
