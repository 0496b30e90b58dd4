/** The events in a file, whatever it came from: EventBridge, a trail's log file, `aws cloudtrail lookup-events`, or AWS Config. */
import { isGuardEvent, parseGuardCall, tagEventNames, watchedEventNames } from '@portcullis/cloudtrail';
import { Failure } from '../program/failure.js';
import { oneLine } from '../terminal/printable.js';

export interface EventsIn {
  readonly events: readonly unknown[];
  /** How many records of a list are left out: of calls that no function is called for. */
  readonly passedOver: number;
}

/** @throws {Failure} when the text holds none. */
export function eventsIn(text: string, fileName: string, guardName: string | undefined): EventsIn {
  const value = jsonOf(text, fileName);
  const list = listIn(value);
  const isAlone = list.length === 1 && list[0] === value;
  const all = list.map((each) =>
    // LookupEvents answers records as texts.
    isFields(each) && typeof each.CloudTrailEvent === 'string' ? jsonOf(each.CloudTrailEvent, fileName) : each,
  );
  // A record that is given alone is explained, whatever it is.
  const events = isAlone ? all : all.filter((each) => isWatched(each, guardName));
  if (all.length > 0) return { events, passedOver: all.length - events.length };
  throw new Failure(`\`${fileName}\` holds no event; expected the JSON of a CloudTrail record or of AWS Config's event`);
}

function listIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isFields(value)) return [];
  // A log file of a trail; the answer of LookupEvents.
  for (const list of [value.Records, value.Events]) if (Array.isArray(list)) return list;
  return [value];
}

const WATCHED: ReadonlySet<unknown> = new Set([...watchedEventNames, ...tagEventNames]);

/** Reports whether a function is called for the event. What does not say which call it is of may be anything, and is explained. */
function isWatched(event: unknown, guardName: string | undefined): boolean {
  if (isForRemediator(event)) return true;
  if (guardName !== undefined && isGuardEvent(event)) {
    const parsed = parseGuardCall(event, { name: guardName });
    return !parsed.ok || parsed.value !== undefined;
  }
  const record = isFields(event) && isFields(event.detail) ? event.detail : event;
  if (!isFields(record) || record.eventSource === undefined || record.eventName === undefined) return true;
  return record.eventSource === 'ec2.amazonaws.com' && WATCHED.has(record.eventName);
}

/** Reports whether the event is one that AWS Config sends to the remediator, or that the detector does. */
export function isForRemediator(event: unknown): boolean {
  return isFields(event) && ('invokingEvent' in event || 'portcullis' in event);
}

function jsonOf(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The message quotes what the file begins with.
    throw new Failure(`\`${fileName}\` is not JSON (${oneLine(error.message)}); expected a CloudTrail record or AWS Config's event`);
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
