export { parseCloudTrailEvent, type ApiCall, type ParsedCloudTrailEvent } from './event/parse-cloudtrail-event.js';
export type { Target } from './event/target.js';
export type {
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
} from './event/change.js';
export { tagEventNames, watchedEventNames } from './event/read-change.js';
export { anyCallPattern, guardCallPattern, type GuardCallPattern, type GuardCallPatternOptions } from './guard-calls/guard-call-pattern.js';
export type { GuardEffect, GuardIdentity } from './guard-calls/guard-parts.js';
export { GUARD_SERVICES, isGuardEvent, type GuardService } from './guard-calls/guard-services.js';
export { parseGuardCall, type GuardCall, type ParsedGuardCall } from './guard-calls/parse-guard-call.js';
export { ruleOrigins, type ExistingRule, type RuleOrigin } from './history/rule-origins.js';
export { ruleRemovals, type MissingRule, type RuleRemoval } from './history/rule-removals.js';
export { partitionOf, type Partition } from './event/partition.js';
export {
  eventPattern,
  MAX_EVENT_PATTERN_LENGTH,
  type EventPattern,
  type EventPatternOptions,
  type ValueMatcher,
} from './event-pattern/event-pattern.js';
export { isActorRole, type Actor } from './event/actor.js';
export type { RecordProblem, RecordProblemCode } from './event/problem.js';
export { callChangedNothing, type CallOutcome, type RecordedCall, type UnreadableRecord } from './event/recorded-call.js';
