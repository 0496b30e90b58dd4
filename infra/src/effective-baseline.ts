import type { CompiledBaseline } from '@portcullis/baseline';
import type { Settings } from './settings/settings.js';

/** What is deployed of a baseline: in report mode nothing is enforced. Baselines that already only report are as they were. */
export const effectiveBaseline = (compiled: CompiledBaseline, { mode }: Pick<Settings, 'mode'>): CompiledBaseline =>
  mode === 'declared' ? compiled : { ...compiled, baselines: compiled.baselines.map((baseline) => ({ ...baseline, mode: 'report' })) };
