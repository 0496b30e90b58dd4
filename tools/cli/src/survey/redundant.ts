/** Finds rules that another rule of the same group makes redundant. */
import { formatRule, ruleCovers, type Rule } from '@portcullis/permission-diff';

export interface RedundantRule {
  readonly groupId: string;
  /** In words, e.g. `tcp/22 from 10.0.0.0/16`. */
  readonly rule: string;
  readonly coveredBy: string;
}

/** Returns the rules of the group that another rule covers. If two rules cover each other, returns only the later one. */
export function redundantRules(groupId: string, rules: readonly Rule[]): RedundantRule[] {
  return rules.flatMap((rule, i) => {
    const cover = rules.find((other, j) => j !== i && ruleCovers(other, rule) && (j < i || !ruleCovers(rule, other)));
    return cover === undefined ? [] : [{ groupId, rule: formatRule(rule), coveredBy: formatRule(cover) }];
  });
}
