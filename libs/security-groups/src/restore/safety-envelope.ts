/** The safety envelope: finds the rules that can be revoked without interrupting declared traffic. Pure. */
import { compareRuleAccess, rulesOverlap, type Rule } from '@portcullis/permission-diff';
import type { LiveRule } from '../ec2/port.js';

/**
 * Returns the candidates that can be revoked together without interrupting declared traffic that the group allows now. A candidate that
 * overlaps no declared rule can always be revoked. Any other candidate can be revoked if the rules that stay allow its declared traffic.
 *
 * @param declared the declared rules. Declared rules that exist can be omitted, because they allow their own traffic.
 * @param staying the existing rules that are not candidates.
 */
export function safelyRevocableRules<R extends Rule>(candidates: readonly R[], declared: readonly Rule[], staying: readonly Rule[]): R[] {
  const free = candidates.filter((rule) => !declared.some((wanted) => rulesOverlap(rule, wanted)));
  const bound = candidates.filter((rule) => !free.includes(rule));
  let left: readonly Rule[] = bound;
  for (const rule of bound) {
    const others = left.filter((other) => other !== rule);
    if (safetyEnvelopeNeedsRule(rule, declared, [...staying, ...others])) continue;
    left = others;
    free.push(rule);
  }
  return candidates.filter((rule) => free.includes(rule));
}

/**
 * Returns a candidate and the declared rule into which the candidate can be modified within the safety envelope. Both rules have the same
 * kind of source, because EC2 cannot change the kind. Used only if the quota is used up and no rule can be revoked first.
 *
 * @param candidates the rules that may be modified, the least needed first.
 * @param wanted the declared rules to add, the most urgent first.
 * @param declared all declared rules.
 * @param others the existing rules that are not candidates.
 */
export function safelyReplaceableRule(
  candidates: readonly LiveRule[],
  wanted: readonly Rule[],
  declared: readonly Rule[],
  others: readonly Rule[],
): { readonly rule: LiveRule; readonly by: Rule } | undefined {
  for (const by of wanted) {
    for (const rule of candidates) {
      if (rule.source.kind !== by.source.kind || !isSafelyModifiableRule(rule)) continue;
      const rest = [...others, ...candidates.filter((other) => other !== rule)];
      if (!safetyEnvelopeNeedsRule(rule, declared, [...rest, by])) return { rule, by };
    }
  }
  return undefined;
}

/**
 * Reports whether the source of the rule is a CIDR block. To modify any other rule, the role would need permissions on a prefix list or a
 * source group.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html (ModifySecurityGroupRules)
 */
export function isSafelyModifiableRule({ source }: Rule): boolean {
  return source.kind === 'ipv4' || source.kind === 'ipv6';
}

/** Reports whether the rule allows declared traffic that no other rule allows. */
function safetyEnvelopeNeedsRule(rule: Rule, declared: readonly Rule[], others: readonly Rule[]): boolean {
  const overlapsRule = (other: Rule): boolean => rulesOverlap(rule, other);
  const wanted = declared.filter(overlapsRule);
  const through = others.filter(overlapsRule);
  const missing = (live: readonly Rule[]): string => JSON.stringify(compareRuleAccess(wanted, live).missing);
  return missing(through) !== missing([...through, rule]);
}
