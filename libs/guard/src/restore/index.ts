export { APPROVALS, type Approval } from '../runtime/restoration-request.js';
export { openApprovals, type ApprovalEnvironment } from './approvals.js';
export { configEvaluations } from './config-evaluations.js';
export { judgeRestoration, OPEN_CONNECTIONS_NOTE, type JudgementSettings, type Verdict } from './judge-restoration.js';
export {
  parseRemediatorEvent,
  type EventProblem,
  type ParsedEvent,
  type RecordedGroup,
  type RemediatorInvocation,
  type Saw,
  type Trigger,
} from './remediator-event.js';
export { createRemediatorHandler, RetryableError, type GroupResult, type RemediatorOutcome } from './handler.js';
export type { EvaluationSettings } from './evaluate-trigger.js';
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
