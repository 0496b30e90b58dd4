import type * as z from 'zod';
import type { findingSchema } from './schema.js';

/** The severities, from least to most severe. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Returns the higher of two severities. */
export function higherSeverity(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b) ? a : b;
}

/** The keys of a finding whose values grow with the number of rules. `shortenFinding` removes these values in this order. */
export const OMITTABLE_KEYS = ['rules', 'access', 'egress', 'authorize', 'revoke'] as const;
export type OmittableKey = (typeof OMITTABLE_KEYS)[number];

/**
 * One JSON object that reports an event on a security group, the state of a group, or a call on the guard itself. The detector and the
 * remediator use this format. See `schema.ts` for the meaning of each key.
 */
export type Finding = Readonly<z.output<typeof findingSchema>>;

export type FindingKind = Finding['kind'];
export type FindingGroup = Readonly<Finding['group']>;
export type FindingExposure = Readonly<NonNullable<Finding['exposure']>>;
/** A control of a security standard. */
export type Control = Readonly<NonNullable<Finding['controls']>[number]>;
export type FindingActor = Readonly<NonNullable<Finding['actor']>>;
export type FindingApproval = Readonly<NonNullable<Finding['approval']>>;
export type FindingWake = Readonly<NonNullable<Finding['wake']>>;

/**
 * The keys of a finding that describe the state of the group, without the keys that identify the group, the event and the actor.
 */
export type Assessment = Omit<Finding, 'schemaVersion' | 'id' | 'group' | 'baseline' | 'actor' | 'event' | 'fix' | 'wake' | 'omitted'>;
