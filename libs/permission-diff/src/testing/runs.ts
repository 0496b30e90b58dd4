import * as fc from 'fast-check';

/**
 * Returns the number of runs for a property test: `usual`, or fewer runs under mutation testing.
 */
export function runs(usual: number): number {
  return Math.ceil((usual * (fc.readConfigureGlobal().numRuns ?? 100)) / 100);
}
