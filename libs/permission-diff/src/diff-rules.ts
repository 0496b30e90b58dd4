/** Compares two sets of rules, rule by rule. */
import { ownersIn } from './owners.js';
import { ruleKey, type Rule } from './rule.js';

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
  const keyOf = (rule: Rule) => ruleKey(withOwner(rule));
  const wanted = new Map<string, Required>();
  for (const rule of required) {
    const key = keyOf(rule);
    if (!wanted.has(key)) wanted.set(key, rule);
  }
  const seen = new Set<string>();
  const excess: Actual[] = [];
  const kept: Actual[] = [];
  for (const rule of actual) {
    const key = keyOf(rule);
    if (seen.has(key)) continue;
    seen.add(key);
    (wanted.has(key) ? kept : excess).push(rule);
  }
  const missing: Required[] = [];
  for (const [key, rule] of wanted) if (!seen.has(key)) missing.push(rule);
  return { missing, excess, kept };
}
