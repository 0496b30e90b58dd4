/** Finds equal rules in two lists. Sorts both lists, because the results need the canonical order anyway. */
import type { Rule } from '../rules/rule.js';
import { compareSources } from '../rules/source.js';
import { trafficKey } from '../rules/traffic.js';

/**
 * Visits each distinct rule of the two lists once, in canonical order. `wanted` is the index of the rule in `required`, or -1 if `required`
 * does not have the rule. `found` is the index in `actual`, or -1. `key` identifies the direction and the traffic of the rule.
 */
export function matchRules(
  required: readonly Rule[],
  actual: readonly Rule[],
  visit: (wanted: number, found: number, key: number) => void,
): void {
  const groups = new Map<number, Group>();
  groupRulesByTraffic(groups, required, 'wanted');
  groupRulesByTraffic(groups, actual, 'found');
  for (const { key, wanted, found } of [...groups.values()].sort((a, b) => a.key - b.key)) {
    sortDistinctRulesBySource(wanted, required);
    sortDistinctRulesBySource(found, actual);
    for (let i = 0, j = 0; i < wanted.length || j < found.length;) {
      const order = i === wanted.length ? 1 : j === found.length ? -1 : compareRuleSourcesAt(required, wanted[i], actual, found[j]);
      visit(order <= 0 ? (wanted[i++] ?? 0) : -1, order >= 0 ? (found[j++] ?? 0) : -1, key);
    }
  }
}

/** The indexes of all rules with the same direction and traffic, for each list. */
interface Group {
  readonly key: number;
  readonly wanted: number[];
  readonly found: number[];
}

function groupRulesByTraffic(groups: Map<number, Group>, rules: readonly Rule[], side: 'wanted' | 'found'): void {
  let latest: Rule | undefined;
  let indices: number[] = [];
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    if (rule === undefined) continue;
    // Saves time: adjacent rules of one permission share one traffic object.
    if (rule.traffic !== latest?.traffic || rule.direction !== latest.direction) {
      latest = rule;
      // A traffic key has only 43 bits, so adding 2 ** 44 sorts all egress rules after all ingress rules.
      const key = trafficKey(rule.traffic) + (rule.direction === 'ingress' ? 0 : 2 ** 44);
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = { key, wanted: [], found: [] }));
      indices = group[side];
    }
    indices.push(i);
  }
}

/**
 * Sorts the indexes of rules in place, by the sources of the rules. If rules are equal, keeps only the index of the first rule. Uses an
 * insertion sort, because most lists are short, and the built-in sort is slower for short lists.
 */
function sortDistinctRulesBySource(indices: number[], rules: readonly Rule[]): void {
  // Stryker disable next-line ConditionalExpression,EqualityOperator,MethodExpression,ArrowFunction: only saves time; the loop sorts as well
  if (indices.length > 16) indices.sort((a, b) => compareRuleSourcesAt(rules, a, rules, b));
  let length = 0;
  for (const index of indices) {
    let at = length;
    let order = 1;
    while (at > 0 && (order = compareRuleSourcesAt(rules, indices[at - 1], rules, index)) > 0) at--;
    if (order === 0) continue;
    for (let i = length++; i > at; i--) indices[i] = indices[i - 1] ?? 0;
    indices[at] = index;
  }
  // Setting the length of an array is slow, even if the length stays the same.
  // Stryker disable next-line ConditionalExpression,EqualityOperator: only saves time
  if (length < indices.length) indices.length = length;
}

function compareRuleSourcesAt(rulesOfA: readonly Rule[], a = 0, rulesOfB: readonly Rule[], b = 0): number {
  const one = rulesOfA[a];
  const other = rulesOfB[b];
  // Stryker disable next-line ConditionalExpression,LogicalOperator: only the compiler needs the check; every index is inside its list
  return one === undefined || other === undefined ? 0 : compareSources(one.source, other.source);
}
