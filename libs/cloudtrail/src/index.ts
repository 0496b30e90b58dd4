export { isActorRole, type Actor } from './actor.js';
export type { ApiCall, ParsedCloudTrailEvent } from './api-call.js';
export { changedNothing, type Outcome } from './call-record.js';
export type {
  AddressBlock,
  AssociationChange,
  AuthorizeChange,
  Change,
  CreateChange,
  DeleteChange,
  DescriptionsChange,
  ModifiedRule,
  ModifyChange,
  PrefixListModifyChange,
  PrefixListRestoreChange,
  RevokeChange,
  RuleDescription,
  Tag,
  TagsChange,
  UnknownChange,
} from './change.js';
export {
  eventPattern,
  tagEventNames,
  watchedEventNames,
  type EventPattern,
  type EventPatternOptions,
} from './event-pattern.js';
export {
  guardCallPattern,
  isGuardEvent,
  parseGuardCall,
  ruleCallPattern,
  type GuardCall,
  type GuardCallPattern,
  type GuardEffect,
  type ParsedGuardCall,
} from './guard-calls.js';
export { parseCloudTrailEvent } from './parse-cloudtrail-event.js';
export { partitionOf, type Partition } from './partition.js';
export type { RecordProblem, RecordProblemCode } from './problem.js';
export type { Target } from './target.js';
