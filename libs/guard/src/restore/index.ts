export { APPROVALS, type Approval } from '../runtime/restoration-request.js';
export { openApprovals, type ApprovalEnvironment } from './approvals.js';
export { configEvaluations } from './config-evaluations.js';
export { judge, OPEN_CONNECTIONS_NOTE, type JudgementSettings, type Verdict } from './judge.js';
export {
  parseEvent,
  type EventProblem,
  type ParsedEvent,
  type RecordedGroup,
  type RemediatorInvocation,
  type Saw,
  type Trigger,
} from './event.js';
export { createHandler, RetryableError, type GroupResult, type Outcome } from './handler.js';
export type { EvaluationSettings } from './evaluate.js';
export type {
  AccountPorts,
  Approvals,
  AwaitingDrift,
  Compliance,
  Evaluation,
  Evaluations,
  HandlerPorts,
  Measure,
  Ports,
  Wait,
} from './ports.js';
