/** Finds rules that another rule of the same group makes redundant. */
import { formatRule, ruleCovers, type Rule } from '@portcullis/permission-diff';

export interface RedundantRule {
  readonly groupId: string;
  /** In words, e.g. `tcp/22 from 10.0.0.0/16`. */
  readonly rule: string;
  readonly coveredBy: string;
}

/**
 * Returns another rule in `rules` that covers `rule`. If two rules cover each other, only the later rule counts as covered.
 *
 * @param index the index of `rule` in `rules`
 */
export function findCoveringRule<R extends Rule>(rule: R, index: number, rules: readonly R[]): R | undefined {
  return rules.find((other, i) => i !== index && ruleCovers(other, rule) && (i < index || !ruleCovers(rule, other)));
}

/** Returns each rule of the group that another rule covers. */
export function surveyRedundantRules(groupId: string, rules: readonly Rule[]): RedundantRule[] {
  return rules.flatMap((rule, i) => {
    const cover = findCoveringRule(rule, i, rules);
    return cover === undefined ? [] : [{ groupId, rule: formatRule(rule), coveredBy: formatRule(cover) }];
  });
}
