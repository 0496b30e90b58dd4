/** Converts rules to the model of the page. */
import { formatRule, type Rule } from '@portcullis/permission-diff';
import type { PageRule } from './page-model.js';

/** Returns the rule with its description and its id. A rule to authorize has no id. */
export function pageRule(action: PageRule['action'], rule: Rule & { readonly ruleId?: string }, why: string): PageRule {
  const { direction, description, ruleId = '' } = rule;
  const quoted = description === undefined ? '' : ` “${description}”`;
  return { action, rule: `${direction} ${formatRule(rule)}${quoted}`, why, ...(ruleId !== '' && { ruleId }) };
}
