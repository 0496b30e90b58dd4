import { timeAgoWords } from './time-words.js';

it.each([
  ['2026-01-15T10:00:00Z', '3 days ago'],
  ['2026-01-15T10:00:01Z', '2 days ago'],
  ['2026-01-18T09:00:00Z', '1 hour ago'],
  ['2026-01-18T09:58:00Z', '2 minutes ago'],
  ['2026-01-18T09:59:59Z', '1 second ago'],
  ['2026-01-18T10:00:05Z', '0 seconds ago'],
])('timeAgoWords says how long ago %s was', (eventTime, ago) => {
  expect(timeAgoWords(eventTime, new Date('2026-01-18T10:00:00Z'))).toBe(ago);
});
