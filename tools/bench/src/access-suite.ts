import { compareAccess } from '@portcullis/permission-diff';
import { randomOf } from '@portcullis/permission-diff/testing';
import {
  promiseAtMost,
  countFigure,
  durationFigure,
  ratioFigure,
  type BenchOptions,
  type Promised,
  type BenchReport,
  type Row,
} from './bench-report.js';
import {
  benchGridPair,
  benchOverlappingPermission,
  benchRandomPair,
  benchRandomPermission,
  benchStaircasePair,
  type PermissionPair,
} from './bench-inputs.js';
import { benchFastestRuns, benchTimings } from './measure.js';

const PROMISED_MILLISECONDS = 4;
const PROMISED_GROWTH = 2.3;
/** The time for each range can grow a little with the input, because the search tree gets deeper and fills the CPU caches. */
const PROMISED_GROWTH_PER_RANGE = 1.2;

export default async function benchAccess({ quick }: BenchOptions): Promise<BenchReport> {
  const pair = benchRandomPair(randomOf(2), 1000, benchRandomPermission);
  const { time } = await benchTimings({ time: () => compareAccess(...pair) }, quick ? 200 : 3000);
  const sizes = quick ? [250, 500] : [250, 500, 1000, 2000, 4000];
  const gridSizes = quick ? [25, 50] : [25, 50, 100, 200];
  const rounds = quick ? 2 : 15;
  const growths = [
    measureBenchAccessGrowth('random rules', sizes, (size) => benchRandomPair(randomOf(size), size, benchRandomPermission), rounds),
    measureBenchAccessGrowth(
      'overlapping rules',
      sizes,
      (size) => benchRandomPair(randomOf(size), size, benchOverlappingPermission),
      rounds,
    ),
    measureBenchAccessGrowth('a staircase', sizes, benchStaircasePair, rounds, 'per range'),
    measureBenchAccessGrowth('a grid', gridSizes, benchGridPair, Math.ceil(rounds / 4), 'per range'),
  ];
  return {
    tables: {
      '1,000 × 1,000 random rules': [
        {
          median: durationFigure(time.median),
          fastest: durationFigure(time.fastest),
          'ranges that differ': countFigure(countBenchRanges(pair)),
        },
      ],
      ...Object.fromEntries(growths.map(({ name, rows }) => [`growth of the time of compareAccess, ${name}`, rows])),
    },
    promises: [
      promiseAtMost('compareAccess of 1,000 × 1,000 random rules', durationFigure(time.median), durationFigure(PROMISED_MILLISECONDS)),
      ...growths.map(({ promised }) => promised),
    ],
  };
}

function countBenchRanges([required, actual]: PermissionPair): number {
  const { missing, excess } = compareAccess(required, actual);
  return missing.length + excess.length;
}

interface Growth {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly promised: Promised;
}

/**
 * Measures how the time of `compareAccess` grows with the input. With `per range`, the promise is about the time for each range of the
 * result, because the result grows faster than the input.
 */
function measureBenchAccessGrowth(
  name: string,
  sizes: readonly number[],
  make: (size: number) => PermissionPair,
  rounds: number,
  per?: 'per range',
): Growth {
  const pairs = sizes.map(make);
  const ranges = pairs.map(countBenchRanges);
  const fastest = benchFastestRuns(
    pairs.map((pair) => () => compareAccess(...pair)),
    rounds,
  );
  const cost = fastest.map((milliseconds, i) => (per === undefined ? milliseconds : milliseconds / (ranges[i] ?? NaN)));
  const doublings = cost.slice(1).map((milliseconds, i) => milliseconds / (cost[i] ?? NaN));
  return {
    name,
    rows: sizes.map((size, i) => ({
      [per ?? 'ratio']: i === 0 ? '–' : ratioFigure(doublings[i - 1] ?? NaN),
      'rules per list': countFigure(size),
      fastest: durationFigure(fastest[i] ?? NaN),
      'ranges that differ': countFigure(ranges[i] ?? NaN),
    })),
    promised: promiseAtMost(
      `compareAccess of ${name}, growth of the time${per === undefined ? '' : ` ${per}`} if the input doubles`,
      ratioFigure(Math.max(...doublings)),
      ratioFigure(per === undefined ? PROMISED_GROWTH : PROMISED_GROWTH_PER_RANGE),
    ),
  };
}
