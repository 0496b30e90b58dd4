export { applyPlan, type ApplyOptions, type Attempt } from './apply-plan.js';
export { chunksOf } from './chunks.js';
export { translated } from './ec2/call-error.js';
export { ec2Drill, type DrillGroup, type DrillWriter } from './ec2/ec2-drill.js';
export { ec2Reader, type ReaderOptions } from './ec2/ec2-reader.js';
export { surveyGroups, type SurveyedGroup, type SurveyFilter } from './ec2/ec2-survey.js';
export { MAX_FILTER_VALUES } from './ec2/limits.js';
export { ec2Writer } from './ec2/ec2-writer.js';
export {
  isReadError,
  reasonOf,
  SecurityGroupCallError,
  UnreadableRuleError,
  type CallErrorKind,
  type ReadError,
} from './errors.js';
export type { GroupFacts, LiveRule } from './live-rule.js';
export {
  parseMembers,
  perAccount,
  readGuardedAccounts,
  type GuardedAccounts,
} from './member-accounts/member-accounts.js';
export { isAtBaseline, planFor, type Plan, type Planned } from './plan.js';
export { blocksOf, listReader, listsIn, unreadWords, type ListContents, type ListReader } from './prefix-lists.js';
export type { SecurityGroupReader, SecurityGroups, SecurityGroupWriter } from './port.js';
export { isRestorationRequest, MAX_DEFERRAL_MILLISECONDS, type RestorationRequest } from './restoration-request.js';
export { restore, untouched, type Ending, type Restoration, type RestoreOptions } from './restore.js';
export { SDK_LIMITS } from './sdk-limits.js';
export { worldOpening } from './world-opening.js';
