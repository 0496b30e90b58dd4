/** Formats times and spans of time for people. */
import { countWithNoun } from './counted.js';

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** Returns the span in its largest unit, rounded down: `2 days`. */
export function timeSpanWords(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => milliseconds >= each) ?? UNITS[3];
  return countWithNoun(Math.floor(milliseconds / size), unit);
}

/** Returns e.g. `3 days ago`. */
export function timeAgoWords(eventTime: string, now: Date): string {
  return `${timeSpanWords(Math.max(0, now.getTime() - Date.parse(eventTime)))} ago`;
}

/** Returns e.g. `2026-11-16 12:00` for a time in ISO 8601, UTC. */
export function utcMinuteWords(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
