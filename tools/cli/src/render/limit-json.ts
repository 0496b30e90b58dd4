/** Describes a broken limit as JSON, for several commands. */
import { formatRule, formatTraffic } from '@portcullis/permission-diff';
import type { BrokenPart } from '@portcullis/security-groups';

/** `beyond` is the part of the rule's traffic that the limit forbids. */
export function brokenLimitPartJson({ rule, traffic }: BrokenPart): object {
  const { direction, ruleId } = rule;
  return { direction, rule: formatRule(rule), ...(ruleId !== '' && { ruleId }), beyond: traffic.map(formatTraffic) };
}
