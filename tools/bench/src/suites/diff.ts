import { diffPermissions, type IpPermission } from '@portcullis/permission-diff';
import { randomOf } from '@portcullis/permission-diff/testing';
import { atLeast, count, duration, ratio, type Options, type Report } from '../harness.js';
import { drifted, realisticGroup } from '../inputs.js';
import { timingsOf, type Timing } from '../measure.js';
import { naiveDiff } from '../naive.js';

const PROMISED_DIFFS_PER_SECOND = 60_000;

export async function diff({ quick }: Options): Promise<Report> {
  const random = randomOf(1);
  const required = realisticGroup(random);
  const actual = drifted(random, required);
  const { ours, naive } = await timingsOf(
    { ours: () => diffPermissions(required, actual), naive: () => naiveDiff(required, actual) },
    quick ? 100 : 1500,
  );
  const row = (algorithm: string, { median, fastest }: Timing, revoked: readonly IpPermission[]) => ({
    ratio: ratio(median / ours.median),
    algorithm,
    median: duration(median),
    fastest: duration(fastest),
    'diffs/s': count(1000 / median),
    'rules revoked': count(sourcesIn(revoked)),
  });
  return {
    tables: {
      '60 × 60 rules, ten differ: time against diffPermissions': [
        row('diffPermissions', ours, diffPermissions(required, actual).revoke),
        row('naive comparison, by hand in JavaScript', naive, naiveDiff(required, actual).revoke),
      ],
    },
    promises: [
      atLeast('diffPermissions of 60 × 60 rules, a second', count(1000 / ours.median), count(PROMISED_DIFFS_PER_SECOND)),
      atLeast('diffPermissions against the speed of the naive comparison', ratio(naive.median / ours.median), ratio(1)),
    ],
  };
}

function sourcesIn(permissions: readonly IpPermission[]): number {
  return permissions.flatMap(({ IpRanges = [], UserIdGroupPairs = [] }) => [...IpRanges, ...UserIdGroupPairs]).length;
}
