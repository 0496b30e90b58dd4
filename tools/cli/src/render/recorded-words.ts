/** Says at which times AWS Config recorded the groups, if they were read from AWS Config. */
import type { RecordedByConfig } from '../aws/account-region.js';
import { utcMinuteWords } from './time-words.js';

interface MaybeRecorded {
  readonly recorded?: RecordedByConfig | undefined;
}

/**
 * Returns one sentence for all regions together. Undefined if everything was read from EC2.
 *
 * @param without the end of the sentence if EC2 was not called
 */
export function configRecordSentence(regions: readonly MaybeRecorded[], without = ''): string | undefined {
  const captured = capturedWords(regions);
  if (captured === '') return undefined;
  const isVerified = regions.every(({ recorded }) => recorded?.isVerified !== false);
  return isVerified
    ? `AWS Config ${captured}; only groups that differ in its records were read from EC2.`
    : `As AWS Config ${captured}; nothing was read from EC2${without}.`;
}

/** Returns e.g. `captured the groups from 2026-01-02 to 2026-11-23 10:00 UTC`; an empty text if everything was read from EC2. */
function capturedWords(regions: readonly MaybeRecorded[]): string {
  const all = regions.flatMap(({ recorded }) => recorded ?? []);
  const [oldest] = all.map((each) => each.oldest).sort();
  const newest = all
    .map((each) => each.newest)
    .sort()
    .at(-1);
  if (oldest === undefined || newest === undefined) return '';
  return `captured the groups from ${utcMinuteWords(oldest)} to ${utcMinuteWords(newest)} UTC`;
}
