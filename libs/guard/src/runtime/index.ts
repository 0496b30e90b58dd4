export type { RoleCredentials } from './assume-role.js';
export type { CredentialedClient, GuardedAccounts } from './member-accounts.js';
export { SDK_LIMITS } from './sdk-limits.js';
export { nonEmptyVariable } from './sink-settings.js';
export { openGuard, readGuardSettings, type ClientConfiguration, type Guard, type GuardSettings } from './open-guard.js';
export { invocationTimeLimits, type InvocationWithin, type TimeLimits } from './time-limits.js';
