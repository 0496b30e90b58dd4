import { oracleFault, type OracleRule } from './oracle.js';
import { compareWithOracle } from './agree-suite.js';

it('`compareAccess` agrees with the oracle for 1,500 random pairs of lists', () => {
  const { ranges, differences } = compareWithOracle(1500, 6);

  expect(differences).toEqual([]);
  expect(ranges).toBeGreaterThan(1500);
});

describe('the oracle', () => {
  const rule = (first: number, last: number, low: bigint, high: bigint): OracleRule => ({
    first,
    last,
    from: { family: 4, low, high },
  });
  const all = rule(0, 9, 0n, 9n);

  it.each<[title: string, missing: readonly OracleRule[], excess: readonly OracleRule[], fault: RegExp | undefined]>([
    ['accepts the difference', [rule(0, 4, 0n, 9n), rule(5, 9, 5n, 9n)], [], undefined],
    ['finds a missing range', [rule(0, 4, 0n, 9n)], [], /service 5.*0 and 0 times.*expected 1 and 0/],
    ['finds a range that is too large', [rule(0, 9, 0n, 9n)], [], /service 5.*1 and 0 times.*expected 0 and 0/],
    ['finds traffic that occurs in two ranges', [rule(0, 4, 0n, 9n), rule(4, 9, 5n, 9n)], [], /service 4.*2 and 0 times/],
    [
      'finds ranges that are reported as excess instead of missing',
      [],
      [rule(0, 4, 0n, 9n), rule(5, 9, 5n, 9n)],
      /0 and 1 times.*expected 1 and 0/,
    ],
  ])('%s', (_title, missing, excess, fault) => {
    const found = oracleFault([all], [rule(5, 9, 0n, 4n)], missing, excess);

    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(fault);
  });
});
