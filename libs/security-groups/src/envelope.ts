/** The safety envelope: what may be revoked without declared traffic being cut. Pure. */
import { compareRuleAccess, rulesOverlap, type Rule } from '@portcullis/permission-diff';
import type { LiveRule } from './live-rule.js';

/**
 * Returns which of the candidates may be revoked together, so that no declared traffic that is let in now is let in no more. A rule that no
 * declared rule overlaps always may; one that carries declared traffic may when the rules that stay, or that were chosen before it not to
 * go, carry that traffic too.
 *
 * @param declared the declared rules that are not known to be there: what is there carries its own traffic.
 * @param staying the rules that are there and are not to go.
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
 * Returns a rule and a declared rule that it can become in one step, within the envelope: the way out when the quota is full of rules none
 * of which may go before the declared rule is there. EC2 keeps the kind of a rule's source.
 * @param candidates the rules that may become another, those first that had better go.
 * @param wanted the declared rules to become, those first that are needed most.
 * @param declared all that is declared.
 * @param others the rules that are there besides.
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
 * Reports whether the source of the rule is a block of addresses. To modify another rule, or to make one of it, needs rights on the prefix
 * list, or on the group that it refers to, and not only on its own group.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html (ModifySecurityGroupRules)
 */
export function isModifiable({ source }: Rule): boolean {
  return source.kind === 'ipv4' || source.kind === 'ipv6';
}

/** Reports whether some declared traffic is let in by the rule and by none of the others. */
function carriesAlone(rule: Rule, declared: readonly Rule[], others: readonly Rule[]): boolean {
  const isNear = (other: Rule): boolean => rulesOverlap(rule, other);
  const wanted = declared.filter(isNear);
  const through = others.filter(isNear);
  const missing = (live: readonly Rule[]): string => JSON.stringify(compareRuleAccess(wanted, live).missing);
  return missing(through) !== missing([...through, rule]);
}
