/** Applies the settings of a deployment to its baselines and limits. */
import { baselinePermitEndDays, type CompiledBaseline } from '@portcullis/baseline';
import type { Settings } from './settings.js';

/** Returns the baselines and limits that are deployed. If the settings have `mode: report`, every baseline and limit gets this mode. */
export function applySettingsMode(compiled: CompiledBaseline, { mode }: Pick<Settings, 'mode'>): CompiledBaseline {
  if (mode === 'declared') return compiled;
  const { baselines, limits } = compiled;
  return {
    ...compiled,
    baselines: baselines.map(({ approveWithin: _, ...each }) => ({ ...each, mode: 'report' })),
    ...(limits && { limits: limits.map((each) => ({ ...each, mode: 'report' })) }),
  };
}

/**
 * Returns the schedule on which AWS Config evaluates every guarded group, or `undefined` for no schedule. If any permit has a last day, the
 * default is once a day, because AWS sends no event when a permit ends.
 */
export function settingsSchedule(baseline: CompiledBaseline, { schedule }: Pick<Settings, 'schedule'>): Settings['schedule'] {
  return schedule ?? (baselinePermitEndDays(baseline).length > 0 ? 'TwentyFour_Hours' : undefined);
}
