export { controlsBrokenBy, controlWords, controlRequirements } from './finding/controls.js';
export { exposuresOf, type Exposure } from './finding/exposures.js';
export { exposureOfDrift, exposureWords, type Attached, type DriftExposure } from './finding/finding-exposure.js';
export { ownerTags } from './finding/owner-tags.js';
export { withTimeout } from './sinks/with-timeout.js';
export { findingDrift, findingPermissionsByDirection, type Drift } from './finding/drift.js';
export {
  SEVERITIES,
  higherSeverity,
  type Assessment,
  type Control,
  type Finding,
  type FindingActor,
  type FindingExposure,
  type FindingGroup,
  type FindingKind,
  type FindingWake,
  type FindingApproval,
  type Severity,
} from './finding/finding.js';
export { severityOfDrift, type PrefixLists } from './finding/severity.js';
export { asffFor, type AsffFinding, type AsffOrigin, type AsffResource } from './formats/asff.js';
export {
  ocsfCheckFor,
  ocsfFor,
  type GroupCheck,
  type OcsfAccount,
  type OcsfCheck,
  type OcsfEvent,
  type OcsfEvidence,
  type OcsfFinding,
  type OcsfResource,
} from './formats/ocsf.js';
export { functionReporting, type FunctionReporting, type Invocation, type Reporting } from './sinks/reporting.js';
export { emitFindings, type SinkFailure } from './sinks/emit.js';
export { DEFAULT_MINIMUM_SEVERITY, optionalSinks, type MinimumSeverity, type SinkSettings } from './sinks/optional-sinks.js';
export type { EventBridgeTarget, EventFormat } from './sinks/event-bridge-sink.js';
export type { SecurityHubTarget } from './sinks/security-hub-sink.js';
export type { SnsTarget } from './sinks/sns-sink.js';
export type { FindingSink, Undelivered } from './sinks/sink.js';
export type { Environment, LogLevel, WriteLine } from './sinks/structured-log.js';
export { describeBrokenLimits, type Broken } from './formats/broken-limits.js';
export {
  approvalCommandFor,
  fixCommandsFor,
  consoleLink,
  findingFix,
  revokeCommandFor,
  tagCommandFor,
  type Restorable,
} from './formats/fix-commands.js';
export { findingMessage, type Message, type MessageOptions } from './formats/message.js';
export { findingApprovalOutlook, OUTLOOK } from './formats/outlook.js';
export { findingTrafficName } from './formats/traffic-name.js';
export { describeDrift, describeRules, joinFindingSentence, shortenAtWord } from './formats/describe-rules.js';
