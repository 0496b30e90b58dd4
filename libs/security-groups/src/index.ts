export {
  AttachmentsByGroup,
  internetReachability,
  type GroupAttachments,
  type Reachability,
  type NamedAttachmentUser,
} from './ec2/group-attachments.js';
export { chunksOf } from './ec2/chunks.js';
export { translateEc2Errors } from './ec2/call-error.js';
export { lazyAttachmentReader } from './ec2/lazy-attachment-reader.js';
export { readGroupAttachments } from './ec2/ec2-group-attachments.js';
export { readAttachments, readInstanceNames, type Attachment, type AttachmentUser } from './ec2/ec2-attachments.js';
export { ec2Drill, type DrillGroup, type DrillWriter } from './ec2/ec2-drill.js';
export { ec2Reader, type ReaderOptions } from './ec2/ec2-reader.js';
export { surveyGroups, type SurveyedGroup, type SurveyFilter } from './ec2/ec2-survey.js';
export { ec2Writer } from './ec2/ec2-writer.js';
export { MAX_FILTER_VALUES } from './ec2/pages.js';
export {
  isReadError,
  ec2ReadErrorReason,
  SecurityGroupCallError,
  UnreadableRuleError,
  type CallErrorKind,
  type ReadError,
} from './ec2/errors.js';
export {
  prefixListsOfBrokenLimits,
  prefixListsToPlan,
  sourcesToPlan,
  type BrokenLimit,
  type BrokenPart,
  type PlanContext,
} from './plan/limits.js';
export {
  enforcedPartOfPlan,
  isAtBaseline,
  planNeedsApproval,
  planRuleChanges,
  rulesOfPlannedChanges,
  type Plan,
  type Planned,
  type PlannedChange,
  type Tolerated,
} from './plan/plan-rule-changes.js';
export type { GroupFacts, LiveRule, SecurityGroupReader, SecurityGroups, SecurityGroupWriter } from './ec2/port.js';
export {
  parsePrefixListBlocks,
  prefixListIdsOf,
  prefixListReader,
  prefixListsInIngress,
  unreadPrefixListReasons,
  worldOpeningRules,
  type PrefixListContents,
  type PrefixListReader,
} from './plan/prefix-lists.js';
export type { RuleChanges } from './restore/apply-plan.js';
export {
  restoreSecurityGroup,
  untouchedRestoration,
  type Ending,
  type Restoration,
  type RestoreOptions,
} from './restore/restore-security-group.js';
