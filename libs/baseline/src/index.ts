export type {
  Baseline,
  CompiledBaseline,
  Declaration,
  GroupCriteria,
  GroupSelection,
  IgnoreClause,
  Limit,
  LimitedGroups,
  OwnerClause,
  Permit,
} from './compiled/baseline.js';
export { InvalidBaselineError, parseCompiledBaseline, renderCompiledBaseline } from './compiled/compiled.js';
export { declaredExposures, exposureWarning, type DeclaredExposure } from './compiled/exposures.js';
export {
  approved,
  guardedGroupIds,
  hasCriteria,
  limitsEveryGroup,
  needsFacts,
  permitEnds,
  selectBaseline,
  selectById,
  selectsByCriteria,
  tagsMatter,
  type SelectableGroup,
  type Selection,
} from './compiled/select.js';
