/** Which group has which baseline. */
import type { Baseline, CompiledBaseline } from './baseline.js';

export type Selection =
  | { readonly kind: 'guarded'; readonly baseline: Baseline }
  /** No baseline selects the group: it is none of our business and never touched. */
  | { readonly kind: 'unguarded' }
  /** Several baselines select the group at the same level. Which of them is meant is not for us to say. `names` ascend. */
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] };

/** Returns the baseline that selects the group. */
export function selectBaseline(compiled: CompiledBaseline, group: { readonly id: string }): Selection {
  const selecting = compiled.baselines.filter(({ groups }) => groups.ids.includes(group.id));
  const [baseline] = selecting;
  if (baseline === undefined) return { kind: 'unguarded' };
  if (selecting.length === 1) return { kind: 'guarded', baseline };
  return { kind: 'ambiguous', names: selecting.map(({ name }) => name).sort() };
}

/** Returns the ids of all groups that a baseline names, ascending, each once. */
export function guardedGroupIds(compiled: CompiledBaseline): readonly string[] {
  return [...new Set(compiled.baselines.flatMap(({ groups }) => groups.ids))].sort();
}
