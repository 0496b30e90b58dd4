import * as fc from 'fast-check';

/**
 * Returns how often to try a property. `usual` applies if fast-check has its default of 100 runs; under mutation testing the result is
 * smaller.
 */
export function runs(usual: number): number {
  return Math.ceil((usual * (fc.readConfigureGlobal().numRuns ?? 100)) / 100);
}
