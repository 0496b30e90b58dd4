export type { Baseline, CompiledBaseline, GroupCriteria, GroupSelection, IgnoreClause, Permit } from './baseline.js';
export { formatBaselineProblem, InvalidBaselineError, parseCompiledBaseline, type BaselineProblem } from './compiled.js';
export {
  guardedGroupIds,
  hasCriteria,
  ignoresByTag,
  permitEnds,
  selectBaseline,
  selectById,
  selectsByCriteria,
  tagsMatter,
  type SelectableGroup,
  type Selection,
} from './select.js';
