/** AWS's limits, and functions that find the resources that exceed a limit. */
export { describeAwsLimitExcesses } from './describe.js';
export { LONGEST_PARTITION_CHARACTERS, ACCOUNT_ID_CHARACTERS, countPolicyCharacters, UNKNOWN_CHARACTERS } from './lengths.js';
export { AWS_LIMITS, type AwsLimit, type LimitedResource, type Measure } from './limits.js';
export { findAwsLimitExcesses, type LimitExcess, type SizeOfFile } from './measure.js';
export type { TerraformResources } from './lengths.js';
