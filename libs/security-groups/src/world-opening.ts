import type { Rule } from '@portcullis/permission-diff';
import { exposingRules } from '@portcullis/permission-diff/exposure';

/**
 * Returns the rules that no limit may keep: each that lets the world reach a sensitive service, and of the others those that do so only
 * together. What a prefix list holds is not known here.
 */
export function worldOpening<R extends Rule>(rules: readonly R[]): R[] {
  const alone = rules.filter((rule) => exposingRules([rule]).length > 0);
  const together = exposingRules(rules.filter((rule) => !alone.includes(rule)));
  return rules.filter((rule) => alone.includes(rule) || together.includes(rule));
}
