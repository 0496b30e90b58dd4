/** Names the baseline and the limits of a group in the text of findings. */
import type { Declaration } from '@portcullis/baseline';
import type { Assessment } from '@portcullis/finding';
import type { Plan } from '@portcullis/security-groups';

/** Returns text such as `web and the limits a, b`. */
export function guardFindingDeclarationNames({ baseline, limits }: Declaration): string {
  return [...(baseline === undefined ? [] : [baseline.name]), ...(limits.length === 0 ? [] : [guardFindingLimitNames(limits)])].join(
    ' and ',
  );
}

export function guardFindingLimitNames(limits: Declaration['limits']): string {
  return `the limit${limits.length === 1 ? '' : 's'} ${limits.map(({ name }) => name).join(', ')}`;
}

export function guardFindingAmbiguityWords(names: readonly string[]): string {
  return `several baselines select the group: ${names.join(', ')}`;
}

/** Returns the finding's field `limits`: the names of the limits that the group breaks. */
export function guardFindingBrokenLimits({ broken }: Pick<Plan, 'broken'>): Pick<Assessment, 'limits'> {
  return broken.length === 0 ? {} : { limits: broken.map(({ limit }) => limit.name) };
}
