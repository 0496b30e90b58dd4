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
export { baselineExposures, baselineExposureWarning, type BaselineExposure } from './compiled/exposures.js';
export {
  baselineAfterApproval,
  baselineGroupIds,
  hasGroupCriteria,
  limitsEveryGroup,
  selectionNeedsGroupFacts,
  baselinePermitEndDays,
  selectBaseline,
  selectBaselineById,
  selectsByCriteria,
  baselineDependsOnTags,
  type SelectableGroup,
  type Selection,
} from './compiled/select.js';
