/** Compares two sets of rules, rule by rule. */
import { ownersIn } from './owners.js';
import { entriesByRule } from './rule-index.js';
import type { Rule } from './rule.js';

export interface RuleDiff<Required extends Rule, Actual extends Rule> {
  /** Required and not in actual. */
  readonly missing: readonly Required[];
  /** In actual and not required. */
  readonly excess: readonly Actual[];
  /** In actual and required. */
  readonly kept: readonly Actual[];
}

/**
 * Returns which rules are missing, in excess and kept, in the order given. Repetitions count once; descriptions are not compared. A
 * group source that names no account is taken for the account the other rules name with that group, if they name just one: a group
 * id belongs to one account, and EC2 fills it in.
 */
export function diffRules<Required extends Rule, Actual extends Rule>(
  required: readonly Required[],
  actual: readonly Actual[],
): RuleDiff<Required, Actual> {
  const withOwner = ownersIn(required, actual);
  const entryOf = entriesByRule((): { wanted?: Required; isFound: boolean } => ({ isFound: false }));
  const wanted = required.map((rule) => {
    const entry = entryOf(withOwner(rule));
    // The first of equal ones counts.
    entry.wanted ??= rule;
    return entry;
  });
  const excess: Actual[] = [];
  const kept: Actual[] = [];
  for (const rule of actual) {
    const entry = entryOf(withOwner(rule));
    if (!entry.isFound) (entry.wanted === undefined ? excess : kept).push(rule);
    entry.isFound = true;
  }
  const missing = new Set(wanted.flatMap((entry) => (entry.isFound || entry.wanted === undefined ? [] : entry.wanted)));
  return { missing: [...missing], excess, kept };
}
