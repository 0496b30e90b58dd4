/** For readers of whole CloudTrail records: the values of either encoding with their places, and the rules among them. */
export {
  readFlatPermission,
  readPermissions,
  readRuleItem,
  readRuleSet,
  type DocumentOptions,
  type Reading,
  type RecordedRule,
} from './dialects/document-rules.js';
export {
  at,
  fieldsIn,
  isObject,
  isOmitted,
  isPresent,
  membersOf,
  omittedProblem,
  readText,
  scalarOf,
  textOf,
  type Located,
} from './dialects/located.js';
export { offendingText } from './problem.js';
