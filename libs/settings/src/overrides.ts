/** Combines a baseline file with the settings. */
import { permitEndDays, type CompiledBaseline } from '@portcullis/baseline';
import type { Settings } from './settings.js';

/** Returns the baselines and limits that are deployed. If the settings have `mode: report`, every baseline and limit gets this mode. */
export function baselineWithSettingsMode(compiled: CompiledBaseline, { mode }: Pick<Settings, 'mode'>): CompiledBaseline {
  if (mode === 'declared') return compiled;
  const { baselines, limits } = compiled;
  return {
    ...compiled,
    baselines: baselines.map(({ approveWithin: _, ...each }) => ({ ...each, mode: 'report' })),
    ...(limits && { limits: limits.map((each) => ({ ...each, mode: 'report' })) }),
  };
}

/**
 * Returns how often AWS Config evaluates every guarded group even if no group has changed, or `undefined` for never. A permit with a last
 * day needs a schedule, because nothing else invokes the remediator on the day after.
 */
export function scheduleFromSettings(baseline: CompiledBaseline, { schedule }: Pick<Settings, 'schedule'>): Settings['schedule'] {
  return schedule ?? (permitEndDays(baseline).length > 0 ? 'TwentyFour_Hours' : undefined);
}
