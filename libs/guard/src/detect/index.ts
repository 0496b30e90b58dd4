export { createHandler, type DetectorSettings, type Outcome } from './handler.js';
export type { Measure, Ports, Remediator } from './ports.js';
export type { RestorationRequest } from '../runtime/restoration-request.js';
export { remediatorBehind } from './remediator-behind.js';
