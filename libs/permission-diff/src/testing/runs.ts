import * as fc from 'fast-check';

/**
 * Returns how often to run a property test: `usual` times, or a tenth of that in mutation testing.
 */
export function runs(usual: number): number {
  return Math.ceil((usual * (fc.readConfigureGlobal().numRuns ?? 100)) / 100);
}
