/** AWS's limits, and the resources that exceed them. */
export { describeExcesses } from './describe.js';
export { LONGEST_PARTITION_CHARACTERS, ACCOUNT_ID_CHARACTERS, policyCharacters, UNKNOWN_CHARACTERS } from './lengths.js';
export { LIMITS, type Limit, type LimitedResource, type Measure } from './limits.js';
export { excessesIn, type Excess, type SizeOfFile } from './measure.js';
export type { Resources } from './lengths.js';
