/** Compares two sets of rules, rule by rule. */
import { matchRules } from './match-rules.js';
import { withOwners } from './owners.js';
import type { Rule } from '../rule/rule.js';

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
  const isMissing: boolean[] = [];
  const isKept: (boolean | undefined)[] = [];
  const [wantedRules = [], foundRules = []] = withOwners<Rule>(required, actual);
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
