import * as fc from 'fast-check';

/** How often to try a property that is tried `usual` times where fast-check's own default of 100 holds: less under mutation testing. */
export function runs(usual: number): number {
  return Math.ceil((usual * (fc.readConfigureGlobal().numRuns ?? 100)) / 100);
}
