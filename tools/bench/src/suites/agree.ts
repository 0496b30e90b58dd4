import { compareAccess } from '@portcullis/permission-diff';
import { faultOf } from '../oracle.js';
import { randomCases, rulesOfRanges, type Case } from '../oracle-cases.js';
import { Random } from '../random.js';
import { count, type Suite } from '../report.js';

export const agree: Suite = {
  name: 'agree',
  about: '`compareAccess` against an oracle that decides from the definition alone',
  run: ({ quick }) => {
    // Many short lists, in which everything is near everything, and some long ones.
    const short = comparisons(quick ? 1_900 : 98_000, 6);
    const long = comparisons(quick ? 20 : 2_000, 30);
    const cases = short.cases + long.cases;
    const differences = [...short.differences, ...long.differences];
    const row = (name: string, { cases: pairs, ranges, differences: found }: Comparisons) => [
      name,
      count(pairs),
      count(ranges),
      count(found.length),
    ];
    return Promise.resolve({
      tables: [
        {
          title: 'compareAccess against the oracle',
          head: ['lists', 'pairs', 'ranges answered', 'differences'],
          rows: [row('of up to 6 rules', short), row('of up to 30 rules', long)],
        },
      ],
      promises: [
        {
          promise: `compareAccess agrees with the oracle on ${count(cases)} random pairs`,
          measured: `${count(differences.length)} differences`,
          kept: differences.length === 0,
        },
      ],
      notes: differences.slice(0, 3),
      figures: { cases, ranges: short.ranges + long.ranges, differences: differences.length },
    });
  },
};

interface Comparisons {
  readonly cases: number;
  readonly ranges: number;
  readonly differences: readonly string[];
}

/**
 * Compares `cases` random pairs of lists of at most `most` rules, the seed of each being its number. Differences are told in words, each with
 * what would repeat it.
 */
export function comparisons(cases: number, most: number): Comparisons {
  const differences: string[] = [];
  let ranges = 0;
  for (let seed = 1; seed <= cases; seed++) {
    const random = new Random(seed);
    const required = randomCases(random, most);
    const actual = randomCases(random, most);
    const { missing, excess, equal } = compareAccess(permissions(required), permissions(actual));
    ranges += missing.length + excess.length;
    const fault =
      faultOf(rules(required), rules(actual), rulesOfRanges(missing), rulesOfRanges(excess)) ??
      (equal === (missing.length + excess.length === 0) ? undefined : '`equal` is not what the ranges say');
    if (fault !== undefined) differences.push(`seed ${seed}: ${fault}; ${JSON.stringify([permissions(required), permissions(actual)])}`);
  }
  return { cases, ranges, differences };
}

function permissions(cases: readonly Case[]) {
  return cases.map(({ permission }) => permission);
}
function rules(cases: readonly Case[]) {
  return cases.map(({ rule }) => rule);
}
