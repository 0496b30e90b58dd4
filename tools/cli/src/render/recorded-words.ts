/** Says when AWS Config recorded the groups, if an aggregator was read. */
import type { RecordedByConfig } from '../aws/account-region.js';
import { utcMinuteWords } from './time-words.js';

/**
 * Returns one sentence about all regions. Returns `undefined` if all groups were read from EC2.
 *
 * @param effect the end of the sentence if EC2 was not called, e.g. `, so every exposed group is assumed to have a public address`
 */
export function renderConfigRecordTimes(
  regions: readonly { readonly recorded?: RecordedByConfig | undefined }[],
  effect = '',
): string | undefined {
  const all = regions.flatMap(({ recorded }) => recorded ?? []);
  const [oldest] = all.map((each) => each.oldest).sort();
  const newest = all
    .map((each) => each.newest)
    .sort()
    .at(-1);
  if (oldest === undefined || newest === undefined) return undefined;
  const times = `from ${utcMinuteWords(oldest)} to ${utcMinuteWords(newest)} UTC`;
  const isVerified = regions.every(({ recorded }) => recorded?.isVerified !== false);
  return isVerified
    ? `AWS Config recorded the groups ${times}; only groups that need a check according to these records were read from EC2.`
    : `The groups are as AWS Config recorded them ${times}; nothing was read from EC2${effect}.`;
}
