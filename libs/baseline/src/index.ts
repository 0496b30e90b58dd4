export type { Baseline, CompiledBaseline, IgnoreClause, Permit } from './baseline.js';
export {
  formatBaselineProblem,
  InvalidBaselineError,
  parseCompiledBaseline,
  type BaselineProblem,
} from './compiled.js';
export { guardedGroupIds, selectBaseline, type Selection } from './select.js';
