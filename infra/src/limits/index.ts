export { excessesIn, type Excess } from './check.js';
export { LIMITS, type Limit } from './limits.js';
