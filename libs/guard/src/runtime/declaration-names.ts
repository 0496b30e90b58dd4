/** The words in findings for the baseline and the limits that apply to a group. */
import type { Declaration } from '@portcullis/baseline';
import type { Assessment } from '@portcullis/finding';
import type { Plan } from '@portcullis/security-groups';

/** Returns e.g. `web` or `the limits a, b`. */
export function declarationNames({ baseline, limits }: Declaration): string {
  return [...(baseline === undefined ? [] : [baseline.name]), ...(limits.length === 0 ? [] : [limitNames(limits)])].join(' and ');
}

export function limitNames(limits: Declaration['limits']): string {
  return `the limit${limits.length === 1 ? '' : 's'} ${limits.map(({ name }) => name).join(', ')}`;
}

export function ambiguousBaselinesWords(names: readonly string[]): string {
  return `several baselines select the group: ${names.join(', ')}`;
}

/** Returns the names of the limits that the group breaks, in the form that a finding has them. */
export function brokenLimitsInFinding({ broken }: Pick<Plan, 'broken'>): Pick<Assessment, 'limits'> {
  return broken.length === 0 ? {} : { limits: broken.map(({ limit }) => limit.name) };
}

/** Reports whether the baseline or one of the limits is in mode `enforce`. */
export function isAnyDeclarationEnforced({ baseline, limits }: Declaration): boolean {
  return [...(baseline === undefined ? [] : [baseline]), ...limits].some(({ mode }) => mode === 'enforce');
}
