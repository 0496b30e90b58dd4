/** Describes a broken limit as JSON, for several commands. */
import { formatRule, formatTraffic } from '@portcullis/permission-diff';
import type { BrokenPart } from '@portcullis/security-groups';

/** `beyond` is the traffic of the rule that breaks the limit. */
export function brokenLimitPartJson({ rule, traffic }: BrokenPart): object {
  const { direction, ruleId } = rule;
  return { direction, rule: formatRule(rule), ...(ruleId !== '' && { ruleId }), beyond: traffic.map(formatTraffic) };
}
