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
} from './baseline.js';
export { InvalidBaselineError, parseCompiledBaseline, renderCompiledBaseline } from './compiled.js';
export { declaredExposures, exposureWarning, type DeclaredExposure } from './exposures.js';
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
} from './select.js';
