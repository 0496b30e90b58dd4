export { createHandler, type DetectorSettings, type Outcome } from './handler.js';
export type { Measure } from './ports.js';
export { remediatorBehind } from './remediator-behind.js';
