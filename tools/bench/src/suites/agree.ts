import { compareAccess } from '@portcullis/permission-diff';
import { faultOf } from '../oracle.js';
import { randomCases, rulesOfRanges, type Case } from '../oracle-cases.js';
import { Random } from '../random.js';
import { count, type Suite } from '../report.js';

export const agree: Suite = {
  name: 'agree',
  about: '`compareAccess` against an oracle that decides from the definition alone',
  run: ({ quick }) => {
    const { cases, ranges, differences } = comparisons(quick ? 2_000 : 100_000, 6);
    return Promise.resolve({
      tables: [
        {
          title: 'compareAccess against the oracle',
          head: ['pairs of lists', 'ranges answered', 'differences'],
          rows: [[count(cases), count(ranges), count(differences.length)]],
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
      figures: { cases, ranges, differences: differences.length },
    });
  },
};

/** Compares `cases` random pairs, the seed of each being its number. Differences are told in words, each with what would repeat it. */
export function comparisons(
  cases: number,
  most: number,
): { readonly cases: number; readonly ranges: number; readonly differences: readonly string[] } {
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
    if (fault !== undefined)
      differences.push(`seed ${seed}: ${fault}; ${JSON.stringify([permissions(required), permissions(actual)])}`);
  }
  return { cases, ranges, differences };
}

const permissions = (cases: readonly Case[]) => cases.map(({ permission }) => permission);
const rules = (cases: readonly Case[]) => cases.map(({ rule }) => rule);
