/** Compares two sets of rules. */
import { matchRules } from './match-rules.js';
import { fillInRuleSourceAccounts } from './source-accounts.js';
import type { Rule } from '../rules/rule.js';

export interface RuleDiff<Required extends Rule, Actual extends Rule> {
  /** In `required` but not in `actual`. */
  readonly missing: readonly Required[];
  /** In `actual` but not in `required`. */
  readonly excess: readonly Actual[];
  /** In both lists. */
  readonly kept: readonly Actual[];
}

/**
 * Returns the missing, excess and kept rules, each list in the order of its input and without repeated rules. Ignores descriptions. If a
 * group source has no account, and other rules name exactly one account for the group, the source gets this account.
 */
export function diffRules<Required extends Rule, Actual extends Rule>(
  required: readonly Required[],
  actual: readonly Actual[],
): RuleDiff<Required, Actual> {
  const isMissing: boolean[] = [];
  const isKept: (boolean | undefined)[] = [];
  const [wantedRules = [], foundRules = []] = fillInRuleSourceAccounts<Rule>(required, actual);
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
