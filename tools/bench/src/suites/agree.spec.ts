import { faultOf, type OracleRule } from '../oracle.js';
import { comparisons } from './agree.js';

it('compareAccess agrees with the oracle', () => {
  const { ranges, differences } = comparisons(1500, 6);

  expect(differences).toEqual([]);
  expect(ranges).toBeGreaterThan(1500); // that it was asked something
});

describe('the oracle', () => {
  const rule = (first: number, last: number, low: bigint, high: bigint): OracleRule => ({
    first,
    last,
    from: { family: 4, low, high },
  });
  const all = rule(0, 9, 0n, 9n);

  it.each<[why: string, missing: readonly OracleRule[], excess: readonly OracleRule[], fault: RegExp | undefined]>([
    ['takes the difference for one', [rule(0, 4, 0n, 9n), rule(5, 9, 5n, 9n)], [], undefined],
    ['finds what was left out', [rule(0, 4, 0n, 9n)], [], /service 5.*told 0 and 0.*should be 1 and 0/],
    ['finds what is too much', [rule(0, 9, 0n, 9n)], [], /service 5.*told 1 and 0.*should be 0 and 0/],
    ['finds what is told twice', [rule(0, 4, 0n, 9n), rule(4, 9, 5n, 9n)], [], /service 4.*told 2 and 0/],
    ['finds what is told the wrong way round', [], [rule(0, 4, 0n, 9n), rule(5, 9, 5n, 9n)], /told 0 and 1.*should be 1 and 0/],
  ])('%s', (_why, missing, excess, fault) => {
    const found = faultOf([all], [rule(5, 9, 0n, 4n)], missing, excess);

    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(fault);
  });
});
