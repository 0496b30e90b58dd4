import { compareAccess, type IpPermission } from '@portcullis/permission-diff';
import { grid, overlappingRule, pairOf, randomIpv4Rule, randomRule, staircase } from '../inputs.js';
import { fastestOfEach, timingsOf } from '../measure.js';
import { Random } from '../random.js';
import { count, duration, ratio, type Promised, type Suite, type Table } from '../report.js';

type Pair = readonly [IpPermission[], IpPermission[]];

/** In milliseconds. */
const PROMISED = 25;
const PROMISED_GROWTH = 2.4;
/** What the cost of one range may grow by when the input doubles: a tree is one level deeper, and more memory is farther away. */
const PROMISED_GROWTH_PER_RANGE = 1.2;

function rangesIn([required, actual]: Pair): number {
  const { missing, excess } = compareAccess(required, actual);
  return missing.length + excess.length;
}

export const access: Suite = {
  name: 'access',
  about: '`compareAccess` of 1,000 × 1,000 rules, and how its cost grows',
  run: async ({ quick }) => {
    const pairs = {
      mixed: pairOf(new Random(2), 1000, randomRule),
      ipv4: pairOf(new Random(3), 1000, randomIpv4Rule),
      overlapping: pairOf(new Random(4), 1000, overlappingRule),
    };
    const times = await timingsOf(
      {
        mixed: () => compareAccess(...pairs.mixed),
        ipv4: () => compareAccess(...pairs.ipv4),
        overlapping: () => compareAccess(...pairs.overlapping),
      },
      quick ? 200 : 3000,
    );
    const sizes = quick ? [250, 500] : [250, 500, 1000, 2000, 4000];
    const gridSizes = quick ? [25, 50] : [25, 50, 100, 200];
    const rounds = quick ? 2 : 15;
    const growths = [
      growthOf('random', sizes, (n) => pairOf(new Random(n), n, randomRule), rounds),
      growthOf('all overlapping', sizes, (n) => pairOf(new Random(n), n, overlappingRule), rounds),
      growthOf('staircase', sizes, staircase, rounds),
      growthOf('grid', gridSizes, grid, Math.ceil(rounds / 4)),
    ];
    return {
      tables: [
        {
          title: '1,000 × 1,000 random rules: time beside the promise',
          head: ['ratio', 'rules', 'median', 'fastest', 'ranges that differ'],
          rows: [
            ['of every kind', times.mixed, pairs.mixed] as const,
            ['IPv4 and ports only', times.ipv4, pairs.ipv4] as const,
            ['all overlapping', times.overlapping, pairs.overlapping] as const,
          ].map(([name, time, pair]) => [
            ratio(time.median / PROMISED),
            name,
            duration(time.median),
            duration(time.min),
            count(rangesIn(pair)),
          ]),
        },
        ...growths.map(({ table }) => table),
      ],
      promises: [
        {
          promise: `compareAccess, 1,000 × 1,000 random rules: at most ${PROMISED} ms on one core`,
          measured: duration(times.mixed.median),
          kept: times.mixed.median <= PROMISED,
        },
        ...growths.map(({ promised }) => promised),
      ],
      notes: ['Growth is that of the fastest of many calls, taken in turn: what else the machine does falls on all sizes alike.'],
      figures: { times, growth: Object.fromEntries(growths.map(({ name, figures }) => [name, figures])) },
    };
  },
};

interface Growth {
  readonly name: string;
  readonly table: Table;
  readonly promised: Promised;
  readonly figures: readonly { readonly size: number; readonly ms: number; readonly ranges: number }[];
}

/** Measures how cost and answer grow. Where the answer itself grows faster than the input, it is the cost of a range that is promised. */
function growthOf(name: string, sizes: readonly number[], make: (n: number) => Pair, rounds: number): Growth {
  const pairs = sizes.map(make);
  const ranges = pairs.map(rangesIn);
  const fastest = fastestOfEach(
    pairs.map((pair) => () => compareAccess(...pair)),
    rounds,
  );
  const figures = sizes.map((size, i) => ({ size, ms: fastest[i] ?? NaN, ranges: ranges[i] ?? NaN }));
  const perRange = name === 'staircase' || name === 'grid';
  const cost = figures.map(({ ms, ranges: answer }) => (perRange ? ms / answer : ms));
  const doublings = cost.slice(1).map((ms, i) => ms / (cost[i] ?? NaN));
  const limit = perRange ? PROMISED_GROWTH_PER_RANGE : PROMISED_GROWTH;
  const worst = Math.max(...doublings);
  return {
    name,
    figures,
    table: {
      title: `growth of the cost, ${name}`,
      head: [perRange ? 'per range, ratio' : 'ratio', 'rules a side', 'fastest', 'ranges that differ', 'per range'],
      rows: figures.map(({ size, ms, ranges: answer }, i) => [
        i === 0 ? '–' : ratio(doublings[i - 1] ?? NaN),
        count(size),
        duration(ms),
        count(answer),
        duration(ms / answer),
      ]),
    },
    promised: {
      promise: perRange
        ? `compareAccess, ${name}: grows no faster than its answer (a range costs at most ${limit} times as much per doubling)`
        : `compareAccess, ${name}: grows at most ${limit} times per doubling`,
      measured: `${ratio(worst)} at worst`,
      kept: worst <= limit,
    },
  };
}
