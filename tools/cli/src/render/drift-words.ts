/**
 * Describes the undeclared traffic that a drifted group allows, and the declared traffic that the group blocks. The exact ranges of
 * addresses are only in the JSON.
 */
import { findingTrafficName } from '@portcullis/finding';
import { compareRuleAccess, formatSource, formatTraffic, ruleKey, rulesOverlap, type Rule } from '@portcullis/permission-diff';
import { rulesOfPlannedChanges, type Plan } from '@portcullis/security-groups';
import type { Drifted } from '../plan/group-state.js';
import { renderAccess, renderRuleSource, renderNamedTraffic } from './access-words.js';
import { findCoveringRule } from '../survey/redundant.js';
import { renderShortList } from './listed.js';

/**
 * Returns e.g. `SSH open to the whole internet (declared: 10.0.0.0/8)` for each undeclared rule that allows undeclared traffic. Leaves out
 * rules that break a limit, because `renderBrokenLimits` describes them.
 */
export function renderGainedAccess({ plan }: Pick<Drifted, 'plan'>): string[] {
  const beyondLimits = renderedRuleKeysBeyondLimits(plan);
  const tolerated = rulesOfPlannedChanges(plan.tolerated);
  const overlapping = (allowed: readonly Rule[], rule: Rule): Rule[] => allowed.filter((each) => rulesOverlap(each, rule));
  const causes = rulesToRender(rulesOfPlannedChanges(plan.revoke)).filter(
    (rule) =>
      !beyondLimits.has(ruleKey(rule)) && compareRuleAccess(overlapping([...plan.declared, ...tolerated], rule), [rule]).excess.length > 0,
  );
  return causes.flatMap((rule): string[] => {
    const together = causes.filter((each) => each === rule || canRenderTogether(each, rule));
    if (together[0] !== rule) return [];
    const listed = [
      ...renderAllowedRules('declared', rule, new Set(together.flatMap((each) => overlapping(plan.declared, each)))),
      ...renderAllowedRules('left alone', rule, new Set(together.flatMap((each) => overlapping(tolerated, each)))),
    ];
    return [`${renderOpenedTraffic(together)} (${listed.length === 0 ? 'not declared' : listed.join('; ')})`];
  });
}

/**
 * Returns e.g. `HTTPS (tcp/443) from 10.0.0.0/8` for each missing rule whose traffic is blocked. If only a part of the traffic is blocked,
 * the text starts with `a part of`.
 */
export function renderLostAccess({ plan }: Pick<Drifted, 'plan'>): string[] {
  const live = [...plan.kept, ...rulesOfPlannedChanges(plan.revoke), ...rulesOfPlannedChanges(plan.tolerated)];
  return rulesToRender(rulesOfPlannedChanges(plan.authorize)).flatMap((rule) => {
    const passing = live.filter((each) => rulesOverlap(each, rule));
    if (compareRuleAccess([rule], passing).missing.length === 0) return [];
    return [`${passing.length === 0 ? '' : 'a part of '}${renderAccess(rule)}`];
  });
}

/** Returns the keys of the live rules that break a limit. */
export function renderedRuleKeysBeyondLimits({ broken }: Pick<Plan, 'broken'>): ReadonlySet<string> {
  return new Set(broken.flatMap(({ parts }) => parts.map(({ rule }) => ruleKey(rule))));
}

/** Returns the rules that no other rule in the list covers. */
function rulesToRender(rules: readonly Rule[]): Rule[] {
  return rules.filter((rule, i) => findCoveringRule(rule, i, rules) === undefined);
}

function isRenderedAsInternet({ source }: Rule): boolean {
  return 'cidr' in source && (source.cidr === '0.0.0.0/0' || source.cidr === '::/0');
}

/** Reports whether both rules open the same traffic to the internet, so that one sentence can describe them. */
function canRenderTogether(a: Rule, b: Rule): boolean {
  return (
    isRenderedAsInternet(a) &&
    isRenderedAsInternet(b) &&
    a.direction === b.direction &&
    formatTraffic(a.traffic) === formatTraffic(b.traffic)
  );
}

/** @param rules one rule, or two that open the same traffic to the internet over IPv4 and IPv6 */
function renderOpenedTraffic(rules: readonly Rule[]): string {
  const [rule] = rules;
  if (rule === undefined) return '';
  const verb = rule.direction === 'ingress' ? 'open to' : 'allowed to';
  if (!isRenderedAsInternet(rule)) return `${renderNamedTraffic(rule)} ${verb} ${renderRuleSource(rule.source)}`;
  const isIpv6 = rules.every(({ source }) => 'cidr' in source && source.cidr === '::/0');
  return `${findingTrafficName(formatTraffic(rule.traffic))} ${verb} the whole internet${isIpv6 ? ' over IPv6' : ''}`;
}

/** Lists the allowed rules. If an allowed rule has the same traffic as the given rule, lists only its source. */
function renderAllowedRules(why: string, { traffic }: Rule, allowed: ReadonlySet<Rule>): string[] {
  if (allowed.size === 0) return [];
  const texts = [...allowed].map((each) => {
    const source = formatSource(each.source);
    return formatTraffic(each.traffic) === formatTraffic(traffic) ? source : `${formatTraffic(each.traffic)} ${source}`;
  });
  return [`${why}: ${renderShortList(texts)}`];
}
