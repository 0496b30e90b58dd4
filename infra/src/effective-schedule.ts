import { permitEnds, type CompiledBaseline } from '@portcullis/baseline';
import type { Settings } from './settings/settings.js';

/**
 * How often every guarded group is evaluated without having changed. A permit that ends needs it: nothing else wakes the remediator on the day after the last.
 */
export const effectiveSchedule = (baseline: CompiledBaseline, { schedule }: Pick<Settings, 'schedule'>): Settings['schedule'] =>
  schedule ?? (permitEnds(baseline).length > 0 ? 'TwentyFour_Hours' : undefined);
