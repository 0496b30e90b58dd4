export { BehindGroups, reachabilityOf, type Behind, type Reachability, type BehindUser } from './ec2/behind.js';
export { chunksOf } from './ec2/chunks.js';
export { translated } from './ec2/call-error.js';
export { behindThrough } from './ec2/behind-through.js';
export { readBehind } from './ec2/ec2-behind.js';
export { readAttachments, readInstanceNames, type Attachment, type AttachmentUser } from './ec2/ec2-attachments.js';
export { ec2Drill, type DrillGroup, type DrillWriter } from './ec2/ec2-drill.js';
export { ec2Reader, type ReaderOptions } from './ec2/ec2-reader.js';
export { surveyGroups, type SurveyedGroup, type SurveyFilter } from './ec2/ec2-survey.js';
export { ec2Writer } from './ec2/ec2-writer.js';
export { MAX_FILTER_VALUES } from './ec2/pages.js';
export { isReadError, reasonOf, SecurityGroupCallError, UnreadableRuleError, type CallErrorKind, type ReadError } from './ec2/errors.js';
export { listsInBroken, listsToPlan, type BrokenLimit, type BrokenPart, type PlanContext } from './plan/limits.js';
export {
  enforcedPart,
  isAtBaseline,
  needsApproval,
  planFor,
  rulesOf,
  type Plan,
  type Planned,
  type PlannedChange,
  type Tolerated,
} from './plan/plan.js';
export type { GroupFacts, LiveRule, SecurityGroupReader, SecurityGroups, SecurityGroupWriter } from './ec2/port.js';
export { blocksOf, listReader, listsIn, unreadWords, worldOpening, type ListContents, type ListReader } from './plan/prefix-lists.js';
export type { RuleChanges } from './restore/apply-plan.js';
export { restore, untouched, type Ending, type Restoration, type RestoreOptions } from './restore/restore.js';
