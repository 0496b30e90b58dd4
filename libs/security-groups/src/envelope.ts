/** The safety envelope: which rules can be revoked without interrupting declared traffic. Pure. */
import { compareRuleAccess, rulesOverlap, type Rule } from '@portcullis/permission-diff';
import type { LiveRule } from './port.js';

/**
 * Returns the candidates that can be revoked together without interrupting declared traffic that passes now. A rule that overlaps no
 * declared rule always can. Any other rule can if the rules that stay, or candidates that must stay, let in the same declared traffic.
 *
 * @param declared the declared rules that may be missing. A declared rule that is there carries its own traffic.
 * @param staying the rules that are there and stay.
 */
export function revocable<R extends Rule>(candidates: readonly R[], declared: readonly Rule[], staying: readonly Rule[]): R[] {
  const free = candidates.filter((rule) => !declared.some((wanted) => rulesOverlap(rule, wanted)));
  const bound = candidates.filter((rule) => !free.includes(rule));
  let left: readonly Rule[] = bound;
  for (const rule of bound) {
    const others = left.filter((other) => other !== rule);
    if (carriesAlone(rule, declared, [...staying, ...others])) continue;
    left = others;
    free.push(rule);
  }
  return candidates.filter((rule) => free.includes(rule));
}

/**
 * Returns a rule and the declared rule that it can be modified into within the envelope. This is the way out if the quota is full and no
 * rule can be revoked before a declared rule is added. EC2 cannot change the kind of a rule's source.
 *
 * @param candidates the rules to modify, those to lose first in front.
 * @param wanted the declared rules to get, the most urgent in front.
 * @param declared all declared rules.
 * @param others the other rules that are there.
 */
export function replaceable(
  candidates: readonly LiveRule[],
  wanted: readonly Rule[],
  declared: readonly Rule[],
  others: readonly Rule[],
): { readonly rule: LiveRule; readonly by: Rule } | undefined {
  for (const by of wanted) {
    for (const rule of candidates) {
      if (rule.source.kind !== by.source.kind || !isModifiable(rule)) continue;
      const rest = [...others, ...candidates.filter((other) => other !== rule)];
      if (!carriesAlone(rule, declared, [...rest, by])) return { rule, by };
    }
  }
  return undefined;
}

/**
 * Reports whether the source of the rule is a CIDR block. `ModifySecurityGroupRules` on any other rule also needs permissions on its prefix
 * list or referenced group, which the role does not have.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html (ModifySecurityGroupRules)
 */
export function isModifiable({ source }: Rule): boolean {
  return source.kind === 'ipv4' || source.kind === 'ipv6';
}

/** Reports whether some declared traffic passes through the rule and through none of the others. */
function carriesAlone(rule: Rule, declared: readonly Rule[], others: readonly Rule[]): boolean {
  const overlapsRule = (other: Rule): boolean => rulesOverlap(rule, other);
  const wanted = declared.filter(overlapsRule);
  const through = others.filter(overlapsRule);
  const missing = (live: readonly Rule[]): string => JSON.stringify(compareRuleAccess(wanted, live).missing);
  return missing(through) !== missing([...through, rule]);
}
