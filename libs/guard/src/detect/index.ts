export { createDetectorHandler, type DetectorSettings, type DetectorOutcome } from './handler.js';
export type { Measure, Ports, Remediator } from './ports.js';
export type { RestorationRequest } from '../runtime/restoration-request.js';
export { lazyLambdaRemediator } from './lazy-lambda-remediator.js';
