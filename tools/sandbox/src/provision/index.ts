export { destroyDirect, provisionDirect, type Provisioned } from './direct.js';
export type { Guards } from './guards.js';
export { inventory } from './inventory.js';
export { ProvisionError, StackError, type StackProblem } from './problem.js';
export type { Action, ProvisionedStack } from './provision.js';
export { synthesise, type SynthesiseOptions } from './synthesise.js';
