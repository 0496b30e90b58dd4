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
  MAX_EVENT_PATTERN_LENGTH,
  tagEventNames,
  watchedEventNames,
  type EventPattern,
  type EventPatternOptions,
} from './event-pattern.js';
export {
  anyCallPattern,
  guardCallPattern,
  isGuardEvent,
  parseGuardCall,
  type GuardCall,
  type GuardCallPattern,
  type GuardEffect,
  type GuardIdentity,
  type GuardService,
  type ParsedGuardCall,
} from './guard-calls.js';
export { parseCloudTrailEvent } from './parse-cloudtrail-event.js';
export { partitionOf, type Partition } from './partition.js';
export type { RecordProblem, RecordProblemCode } from './problem.js';
export type { Target } from './target.js';
