/** Reads a settings file, and says how what is deployed from it is called. For tools: nothing of CDKTF is loaded. */
export { effectiveBaseline } from '../effective-baseline.js';
export { GUARDS, guardFunctionName, guardLogGroupName, guardRoleName } from '../organization.js';
export { readSettings } from './read-settings.js';
export type { Settings } from './settings.js';
