/** Says when AWS Config recorded the groups, if an aggregator was read. */
import type { RecordedByConfig } from '../aws/account-region.js';
import { utcMinuteWords } from './time-words.js';

interface MaybeRecorded {
  readonly recorded?: RecordedByConfig | undefined;
}

/**
 * Returns one sentence about all regions. Returns `undefined` if all groups were read from EC2.
 *
 * @param effect the end of the sentence if EC2 was not called, e.g. `, so every exposed group is assumed to have a public address`
 */
export function renderConfigRecordTimes(regions: readonly MaybeRecorded[], effect = ''): string | undefined {
  const captured = capturedWords(regions);
  if (captured === '') return undefined;
  const isVerified = regions.every(({ recorded }) => recorded?.isVerified !== false);
  return isVerified
    ? `AWS Config recorded the groups ${captured}; only groups with a finding in these records were read from EC2.`
    : `The groups are as AWS Config recorded them ${captured}; nothing was read from EC2${effect}.`;
}

/** Returns e.g. `from 2026-01-02 00:00 to 2026-11-23 10:00 UTC`, or an empty text if all groups were read from EC2. */
function capturedWords(regions: readonly MaybeRecorded[]): string {
  const all = regions.flatMap(({ recorded }) => recorded ?? []);
  const [oldest] = all.map((each) => each.oldest).sort();
  const newest = all
    .map((each) => each.newest)
    .sort()
    .at(-1);
  if (oldest === undefined || newest === undefined) return '';
  return `from ${utcMinuteWords(oldest)} to ${utcMinuteWords(newest)} UTC`;
}
