export { configEvaluations } from './config-evaluations.js';
export { judge, OPEN_CONNECTIONS_NOTE } from './judge.js';
export { parseEvent } from './event.js';
export { createHandler, RetryableError, type Outcome } from './handler.js';
export type { EvaluationSettings } from './evaluate.js';
export type { Measure } from './ports.js';
