export { asffFor, settles, type AsffFinding, type AsffOrigin } from './asff.js';
export { commandsFor, consoleLink, tagCommandFor } from './actions.js';
export { driftOf, type Drift } from './drift.js';
export {
  OMITTABLE_PARTS,
  SEVERITIES,
  type Finding,
  type FindingActor,
  type FindingEvent,
  type FindingGroup,
  type FindingKind,
  type FindingWake,
  type GroupRules,
  type OmittablePart,
  type PermissionChanges,
  type Severity,
} from './finding.js';
export { OUTLOOK } from './outlook.js';
export { messageFor, type Message, type MessageOptions } from './message.js';
export { functionReporting, type FunctionReporting, type Invocation, type Reporting } from './reporting.js';
export { severityOfDrift } from './severity.js';
export { atLeast } from './sinks/at-least.js';
export { emitFindings, type SinkFailure } from './sinks/emit.js';
export { DEFAULT_MINIMUM_SEVERITY, optionalSinks, type SinkSettings } from './sinks/optional-sinks.js';
export type { FindingSink, Undelivered } from './sinks/sink.js';
export type { LogLevel } from './structured-log.js';
export { describeRules, sentence, shorten } from './text.js';
