import { diffPermissions } from '@portcullis/permission-diff';
import { randomOf } from '@portcullis/permission-diff/testing';
import { driftedPermissions, realisticPermissions } from '../bench-inputs.js';
import { countFigure, durationFigure, promiseAtLeast, type BenchOptions, type BenchReport } from '../bench-report.js';
import { benchTimings } from '../measure.js';

const PROMISED_DIFFS_PER_SECOND = 60_000;

export async function benchDiff({ quick }: BenchOptions): Promise<BenchReport> {
  const random = randomOf(1);
  const required = realisticPermissions(random);
  const actual = driftedPermissions(random, required);
  const { time } = await benchTimings({ time: () => diffPermissions(required, actual) }, quick ? 100 : 1500);
  const diffsPerSecond = countFigure(1000 / time.median);
  return {
    tables: {
      '60 × 60 rules, ten differ': [
        { median: durationFigure(time.median), fastest: durationFigure(time.fastest), 'diffs/s': diffsPerSecond },
      ],
    },
    promises: [promiseAtLeast('diffPermissions of 60 × 60 rules, a second', diffsPerSecond, countFigure(PROMISED_DIFFS_PER_SECOND))],
  };
}
