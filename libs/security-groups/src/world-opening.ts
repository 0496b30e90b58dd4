import type { Rule } from '@portcullis/permission-diff';
import { exposingRules } from '@portcullis/permission-diff/exposure';
import type { ListContents } from './prefix-lists.js';

/**
 * Returns the rules that no limit may keep: each that lets the world reach a sensitive service, and of the others those that do so only
 * together. A list that could not be read lets in nobody: nothing is revoked on a guess.
 */
export function worldOpening<R extends Rule>(rules: readonly R[], { addresses }: Pick<ListContents, 'addresses'>): R[] {
  const alone = rules.filter((rule) => exposingRules([rule], addresses).length > 0);
  const others = rules.filter((rule) => !alone.includes(rule));
  const together = exposingRules(others, addresses);
  return rules.filter((rule) => alone.includes(rule) || together.includes(rule));
}
