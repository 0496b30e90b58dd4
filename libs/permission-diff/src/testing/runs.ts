import * as fc from 'fast-check';

/**
 * Returns the number of runs for a property test. Returns `usual` if fast-check has its default of 100 runs, and a smaller number under
 * mutation testing.
 */
export function runs(usual: number): number {
  return Math.ceil((usual * (fc.readConfigureGlobal().numRuns ?? 100)) / 100);
}
