/** The services that the guard depends on. Apart from the parts, so that a function loads these only for a call on one of the services. */
import { recordEventSource } from '../event/recorded-call.js';

/** In the order of `GUARD_PARTS`. */
export const GUARD_SERVICES = [
  'config',
  'cloudtrail',
  'events',
  'lambda',
  'iam',
  'logs',
  'monitoring',
  'sqs',
  's3',
  'kms',
  'scheduler',
  'cloudformation',
] as const;

/** An event source without `.amazonaws.com`. */
export type GuardService = (typeof GUARD_SERVICES)[number];

export function guardEventSource(service: GuardService): string {
  return `${service}.amazonaws.com`;
}

/** The event sources of all watched calls. */
export const GUARD_EVENT_SOURCES: readonly string[] = GUARD_SERVICES.map(guardEventSource);

/** Reports whether an event comes from one of the services that the guard depends on. `parseGuardCall` reads such events. */
export function isGuardEvent(event: unknown): boolean {
  return GUARD_EVENT_SOURCES.includes(recordEventSource(event) ?? '');
}
