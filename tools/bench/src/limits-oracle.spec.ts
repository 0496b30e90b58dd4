import { compareLimitsWithOracle, tryLimitsInTinyUniverse } from './limits-oracle.js';

it.each([tryLimitsInTinyUniverse, compareLimitsWithOracle])(
  '`boundAccess` gives the same answers as a second implementation: %p',
  (compare) => {
    const { cases, broken, narrowed, faults } = compare(300);

    expect(faults).toEqual([]);
    expect(Math.min(broken, cases - broken, narrowed)).toBeGreaterThan(cases / 10);
  },
);
