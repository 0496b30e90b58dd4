export type { Baseline, CompiledBaseline, GroupCriteria, GroupSelection, IgnoreClause, Permit } from './baseline.js';
export { InvalidBaselineError, parseCompiledBaseline, renderCompiledBaseline } from './compiled.js';
export { declaredExposures, exposureWarning } from './exposures.js';
export {
  guardedGroupIds,
  hasCriteria,
  permitEnds,
  selectBaseline,
  selectById,
  selectsByCriteria,
  tagsMatter,
  type SelectableGroup,
  type Selection,
} from './select.js';
