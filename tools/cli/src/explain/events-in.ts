/** The events in a file, whatever it came from: EventBridge, a trail's log file, `aws cloudtrail lookup-events`, or AWS Config. */
import { Failure } from '../failure.js';
import { oneLine } from '../printable.js';

/** @throws {Failure} when the text holds none. */
export function eventsIn(text: string, fileName: string): readonly unknown[] {
  const value = jsonOf(text, fileName);
  const events = listIn(value).map((each) =>
    // LookupEvents answers records as texts.
    isFields(each) && typeof each.CloudTrailEvent === 'string' ? jsonOf(each.CloudTrailEvent, fileName) : each,
  );
  if (events.length > 0) return events;
  throw new Failure(
    `\`${fileName}\` holds no event; expected the JSON of a CloudTrail record or of AWS Config's event`,
  );
}

function listIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isFields(value)) return [];
  // A log file of a trail; the answer of LookupEvents.
  for (const list of [value.Records, value.Events]) if (Array.isArray(list)) return list;
  return [value];
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
    throw new Failure(
      `\`${fileName}\` is not JSON (${oneLine(error.message)}); expected a CloudTrail record or AWS Config's event`,
    );
  }
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
