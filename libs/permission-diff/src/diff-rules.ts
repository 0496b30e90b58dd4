/** Compares two sets of rules, rule by rule. */
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
  const keyOf = keyWithOwners(required, actual);
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

/** Returns `ruleKey`, with the account of group sources filled in where another rule tells it. */
function keyWithOwners(...ruleLists: readonly (readonly Rule[])[]): (rule: Rule) => string {
  const owners = new Map<string, string | null>();
  let ownerless = false;
  for (const rules of ruleLists) {
    for (const { source } of rules) {
      if (source.kind !== 'group') continue;
      if (source.userId === undefined) {
        ownerless = true;
        continue;
      }
      const known = owners.get(source.groupId);
      // Two accounts for one id: one of them is wrong, and it is not for us to say which.
      owners.set(source.groupId, known === undefined || known === source.userId ? source.userId : null);
    }
  }
  if (!ownerless || owners.size === 0) return ruleKey;
  return (rule) => {
    const { source } = rule;
    if (source.kind !== 'group' || source.userId !== undefined) return ruleKey(rule);
    const userId = owners.get(source.groupId) ?? undefined;
    return userId === undefined ? ruleKey(rule) : ruleKey({ ...rule, source: { ...source, userId } });
  };
}
