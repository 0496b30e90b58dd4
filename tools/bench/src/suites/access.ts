import { compareAccess } from '@portcullis/permission-diff';
import { randomOf } from '@portcullis/permission-diff/testing';
import { atMost, count, duration, ratio, type Options, type Promised, type Report, type Row } from '../harness.js';
import { grid, overlappingRule, pairOf, randomRule, staircase, type Pair } from '../inputs.js';
import { fastestOfEach, timingsOf } from '../measure.js';

const PROMISED_MILLISECONDS = 4;
const PROMISED_GROWTH = 2.3;
/** When the input doubles, the tree gets one level deeper, and less of it fits into the CPU caches. */
const PROMISED_GROWTH_PER_RANGE = 1.2;

export async function access({ quick }: Options): Promise<Report> {
  const pair = pairOf(randomOf(2), 1000, randomRule);
  const { time } = await timingsOf({ time: () => compareAccess(...pair) }, quick ? 200 : 3000);
  const sizes = quick ? [250, 500] : [250, 500, 1000, 2000, 4000];
  const gridSizes = quick ? [25, 50] : [25, 50, 100, 200];
  const rounds = quick ? 2 : 15;
  const growths = [
    growthOf('random rules', sizes, (size) => pairOf(randomOf(size), size, randomRule), rounds),
    growthOf('overlapping rules', sizes, (size) => pairOf(randomOf(size), size, overlappingRule), rounds),
    growthOf('a staircase', sizes, staircase, rounds, 'per range'),
    growthOf('a grid', gridSizes, grid, Math.ceil(rounds / 4), 'per range'),
  ];
  return {
    tables: {
      '1,000 × 1,000 random rules': [
        { median: duration(time.median), fastest: duration(time.fastest), 'ranges that differ': count(rangesIn(pair)) },
      ],
      ...Object.fromEntries(growths.map(({ name, rows }) => [`growth of the cost, ${name}`, rows])),
    },
    promises: [
      atMost('compareAccess of 1,000 × 1,000 random rules', duration(time.median), duration(PROMISED_MILLISECONDS)),
      ...growths.map(({ promised }) => promised),
    ],
  };
}

function rangesIn([required, actual]: Pair): number {
  const { missing, excess } = compareAccess(required, actual);
  return missing.length + excess.length;
}

interface Growth {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly promised: Promised;
}

/** Measures how the cost grows. If the result grows faster than the input, the promise is about the cost per range of the result. */
function growthOf(name: string, sizes: readonly number[], make: (size: number) => Pair, rounds: number, per?: 'per range'): Growth {
  const pairs = sizes.map(make);
  const ranges = pairs.map(rangesIn);
  const fastest = fastestOfEach(
    pairs.map((pair) => () => compareAccess(...pair)),
    rounds,
  );
  const cost = fastest.map((milliseconds, i) => (per === undefined ? milliseconds : milliseconds / (ranges[i] ?? NaN)));
  const doublings = cost.slice(1).map((milliseconds, i) => milliseconds / (cost[i] ?? NaN));
  return {
    name,
    rows: sizes.map((size, i) => ({
      [per ?? 'ratio']: i === 0 ? '–' : ratio(doublings[i - 1] ?? NaN),
      'rules per list': count(size),
      fastest: duration(fastest[i] ?? NaN),
      'ranges that differ': count(ranges[i] ?? NaN),
    })),
    promised: atMost(
      `compareAccess of ${name}, growth of the cost ${per === undefined ? '' : `${per} `}per doubling`,
      ratio(Math.max(...doublings)),
      ratio(per === undefined ? PROMISED_GROWTH : PROMISED_GROWTH_PER_RANGE),
    ),
  };
}
