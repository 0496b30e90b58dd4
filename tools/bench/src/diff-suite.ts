import { diffPermissions, type IpPermission } from '@portcullis/permission-diff';
import { randomOf } from '@portcullis/permission-diff/testing';
import { promiseAtLeast, countFigure, durationFigure, ratioFigure, type BenchOptions, type BenchReport } from './bench-report.js';
import { benchDriftedPermissions, benchRealisticPermissions } from './bench-inputs.js';
import { benchTimings, type Timing } from './measure.js';
import { benchNaiveDiff } from './naive-diff.js';

const PROMISED_DIFFS_PER_SECOND = 60_000;

export default async function benchDiff({ quick }: BenchOptions): Promise<BenchReport> {
  const random = randomOf(1);
  const required = benchRealisticPermissions(random);
  const actual = benchDriftedPermissions(random, required);
  const { ours, naive } = await benchTimings(
    { ours: () => diffPermissions(required, actual), naive: () => benchNaiveDiff(required, actual) },
    quick ? 100 : 1500,
  );
  const row = (algorithm: string, { median, fastest }: Timing, revoked: readonly IpPermission[]) => ({
    ratio: ratioFigure(median / ours.median),
    algorithm,
    median: durationFigure(median),
    fastest: durationFigure(fastest),
    'diffs/s': countFigure(1000 / median),
    'rules revoked': countFigure(countBenchSources(revoked)),
  });
  return {
    tables: {
      '60 × 60 rules, of which ten differ: time relative to diffPermissions': [
        row('diffPermissions', ours, diffPermissions(required, actual).revoke),
        row('naive comparison (JavaScript)', naive, benchNaiveDiff(required, actual).revoke),
      ],
    },
    promises: [
      promiseAtLeast(
        'diffPermissions of 60 × 60 rules, calls a second',
        countFigure(1000 / ours.median),
        countFigure(PROMISED_DIFFS_PER_SECOND),
      ),
      promiseAtLeast('diffPermissions, speed relative to the naive comparison', ratioFigure(naive.median / ours.median), ratioFigure(1)),
    ],
  };
}

function countBenchSources(permissions: readonly IpPermission[]): number {
  return permissions.flatMap(({ IpRanges = [], UserIdGroupPairs = [] }) => [...IpRanges, ...UserIdGroupPairs]).length;
}
