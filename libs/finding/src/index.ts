export {
  SEVERITIES,
  type Finding,
  type FindingActor,
  type FindingEvent,
  type FindingGroup,
  type FindingKind,
  type GroupRules,
  type PermissionChanges,
  type Severity,
} from './finding.js';
export { driftOf, type Drift } from './drift.js';
export { logSink } from './log-sink.js';
export { metricSink } from './metric-sink.js';
export {
  powertoolsReporting,
  type Invocation,
  type LogLevel,
  type PowertoolsReporting,
  type Reporting,
} from './reporting.js';
export { severityOfDrift } from './severity.js';
export { emitFindings, type FindingSink, type SinkFailure } from './sinks.js';
export { describeRules, sentence, shorten } from './text.js';
