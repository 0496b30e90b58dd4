export { given } from './sink-settings.js';
export { openGuard, readGuardSettings, type ClientConfiguration, type Guard, type GuardSettings } from './open-guard.js';
export { invocationTimeLimits, type InvocationWithin, type TimeLimits } from './time-limits.js';
