import { compareLimitsWithOracle, tryLimitsInTinyUniverse } from './limits-oracle.js';

it.each([tryLimitsInTinyUniverse, compareLimitsWithOracle])(
  '`boundAccess` returns the same as another implementation, according to %p',
  (compare) => {
    const { cases, broken, narrowed, faults } = compare(300);

    expect(faults).toEqual([]);
    expect(Math.min(broken, cases - broken, narrowed)).toBeGreaterThan(cases / 10);
  },
);
