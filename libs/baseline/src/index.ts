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
  approvedBaseline,
  guardedGroupIds,
  hasGroupCriteria,
  limitsEveryGroup,
  selectionNeedsGroupFacts,
  permitEndDays,
  selectBaseline,
  selectBaselineById,
  selectsByCriteria,
  baselineDependsOnTags,
  type SelectableGroup,
  type Selection,
} from './compiled/select.js';
