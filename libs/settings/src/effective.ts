/** What a baseline file and the settings say together. */
import { permitEnds, type CompiledBaseline } from '@portcullis/baseline';
import type { Settings } from './settings.js';

/** Returns the baselines as they are deployed: with `mode: report` in the settings, every baseline only reports. */
export function effectiveBaseline(compiled: CompiledBaseline, { mode }: Pick<Settings, 'mode'>): CompiledBaseline {
  return mode === 'declared'
    ? compiled
    : { ...compiled, baselines: compiled.baselines.map((baseline) => ({ ...baseline, mode: 'report' })) };
}

/**
 * Returns how often AWS Config evaluates every guarded group without a change, if at all. A permit with a last day needs it: nothing else invokes the remediator on
 * the day after.
 */
export function effectiveSchedule(baseline: CompiledBaseline, { schedule }: Pick<Settings, 'schedule'>): Settings['schedule'] {
  return schedule ?? (permitEnds(baseline).length > 0 ? 'TwentyFour_Hours' : undefined);
}
