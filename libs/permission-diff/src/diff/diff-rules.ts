/** Compares two sets of rules. */
import { matchRules } from './match-rules.js';
import { fillInRuleSourceAccounts } from './source-accounts.js';
import type { Rule } from '../rules/rule.js';

export interface RuleDiff<Required extends Rule, Actual extends Rule> {
  /** Rules that only `required` has. */
  readonly missing: readonly Required[];
  /** Rules that only `actual` has. */
  readonly excess: readonly Actual[];
  /** Rules that both lists have. */
  readonly kept: readonly Actual[];
}

/**
 * Compares two sets of rules. Ignores descriptions and repeated rules. Each returned list has the order of its input. A source group
 * without an account gets the account that other rules name for the same group.
 */
export function diffRules<Required extends Rule, Actual extends Rule>(
  required: readonly Required[],
  actual: readonly Actual[],
): RuleDiff<Required, Actual> {
  const isMissing: boolean[] = [];
  const isKept: (boolean | undefined)[] = [];
  const [wantedRules, foundRules] = fillInRuleSourceAccounts(required, actual);
  matchRules(wantedRules, foundRules, (wanted, found) => {
    if (found !== -1) isKept[found] = wanted !== -1;
    else isMissing[wanted] = true;
  });
  return {
    missing: required.filter((_, i) => isMissing[i]),
    excess: actual.filter((_, i) => isKept[i] === false),
    kept: actual.filter((_, i) => isKept[i]),
  };
}
