/**
 * The AWS services that the guard depends on. This module is separate from `guard-parts.ts`, so that a function loads `guard-parts.ts` only
 * for a call to one of these services.
 */
import { cloudTrailEventSource } from '../event/recorded-call.js';

/** The services in the order of `GUARD_PARTS`. */
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

/** The event source of a service, without `.amazonaws.com`. */
export type GuardService = (typeof GUARD_SERVICES)[number];

export function guardCallEventSource(service: GuardService): string {
  return `${service}.amazonaws.com`;
}

/** The event sources of all watched calls. */
export const GUARD_EVENT_SOURCES: readonly string[] = GUARD_SERVICES.map(guardCallEventSource);

/**
 * Reports whether an event contains a call to one of the services that the guard depends on. Use `parseGuardCall` to read such an event.
 */
export function isGuardEvent(event: unknown): boolean {
  return GUARD_EVENT_SOURCES.includes(cloudTrailEventSource(event) ?? '');
}
