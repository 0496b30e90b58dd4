/** A limit that a group breaks, with the resources behind the group and the callers who opened the forbidden rules. */
import type { Limit } from '@portcullis/baseline';
import { describeBrokenLimits, SEVERITIES, higherSeverity, type Severity } from '@portcullis/finding';
import { ruleKey } from '@portcullis/permission-diff';
import { planRuleChanges, type BrokenLimit, type PrefixListContents, type LiveRule, type PlanContext } from '@portcullis/security-groups';
import { ruleOriginJson } from '../who/origin-json.js';
import { countWithNoun } from '../render/counted.js';
import { surveyedGroupKey, type SurveyEntry } from './entry.js';
import { surveyScopeToFoldBy } from './fold.js';
import { foldRenderedItems } from '../render/fold.js';
import { brokenLimitPartJson } from '../render/limit-json.js';
import { accountNameJson } from '../render/account-json.js';

export interface SurveyedBrokenLimit extends Pick<
  SurveyEntry,
  'scope' | 'group' | 'tags' | 'behind' | 'severity' | 'baseline' | 'origins'
> {
  readonly broken: BrokenLimit;
}

/** Returns the limits that the rules of a group break. */
export function limitsBrokenInSurvey(limits: readonly Limit[], rules: readonly LiveRule[], context: PlanContext): readonly BrokenLimit[] {
  return limits.length === 0 ? [] : planRuleChanges({ limits }, rules, context).broken;
}

/** Returns the rules that expose the group, or the rules that break the limit. */
export function rulesOfSurveyEntry(entry: SurveyEntry | SurveyedBrokenLimit): readonly LiveRule[] {
  return 'exposure' in entry ? entry.exposure.rules : rulesBreakingSurveyedLimit(entry.broken);
}

/** Returns each rule that breaks the limit, without repetitions. */
export function rulesBreakingSurveyedLimit({ parts }: BrokenLimit): LiveRule[] {
  return [...new Set(parts.map(({ rule }) => rule))];
}

/**
 * Returns `medium`, or `high` if a forbidden rule has an unread prefix list. If a forbidden rule also causes a more severe exposure,
 * returns the severity of this exposure.
 *
 * @param exposures all exposures of the group
 */
export function surveyedLimitSeverity(
  broken: BrokenLimit,
  exposures: readonly Pick<SurveyEntry, 'exposure' | 'severity'>[],
  { unread }: Pick<PrefixListContents, 'unread'>,
): Severity {
  const rules = new Map(rulesBreakingSurveyedLimit(broken).map((rule) => [ruleKey(rule), rule]));
  const isUnread = [...rules.values()].some(({ source }) => source.kind === 'prefixList' && source.prefixListId in unread);
  const shared = exposures
    .filter(({ exposure }) => exposure.rules.some((rule) => rules.has(ruleKey(rule))))
    .map(({ severity }) => severity);
  return shared.reduce(higherSeverity, isUnread ? 'high' : 'medium');
}

/** Returns e.g. `broken limit no-admin: SSH from 0.0.0.0/0`. */
export function surveyedLimitWords({ broken }: Pick<SurveyedBrokenLimit, 'broken'>): string {
  return describeBrokenLimits([broken]).join('');
}

/**
 * Combines entries that have the same callers and differ only in their security groups. Sorts the results by severity, worst first, then by
 * the number of groups, largest first.
 */
export function foldSurveyedLimits(entries: readonly SurveyedBrokenLimit[]): (readonly [SurveyedBrokenLimit, ...SurveyedBrokenLimit[]])[] {
  const byId = [...entries].sort((a, b) => (a.group.id < b.group.id ? -1 : 1));
  const keyOf = (entry: SurveyedBrokenLimit): string => {
    const { severity, baseline, broken, origins } = entry;
    const who = rulesBreakingSurveyedLimit(broken).map(({ ruleId }) => origins?.get(ruleId)?.call.actor.arn ?? null);
    return JSON.stringify([
      severity,
      surveyedLimitWords(entry),
      broken.limit.mode,
      surveyScopeToFoldBy(entry.scope),
      baseline,
      [...new Set(who)].sort(),
    ]);
  };
  return foldRenderedItems(byId, keyOf).sort(
    ([a, ...others], [b, ...more]) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || more.length - others.length,
  );
}

/**
 * `openedBy` is null if CloudTrail's history does not show the caller. `openedBy` is absent if the history was not read. `behind` is null
 * if the network interfaces could not be read.
 */
export function surveyedLimitJson(entry: SurveyedBrokenLimit): object {
  const { scope, group, tags, behind, severity, baseline, origins, broken } = entry;
  const { accountId, region, profile } = scope;
  const { name, mode, repair } = broken.limit;
  return {
    ...{
      severity,
      limit: name,
      mode,
      repair,
      words: surveyedLimitWords(entry),
      accountId,
      ...accountNameJson(scope),
      region,
      profile: profile ?? null,
    },
    group: { ...group, tags },
    ...(baseline !== undefined && { baseline }),
    behind,
    rules: broken.parts.map((part) => ({
      ...brokenLimitPartJson(part),
      ...(origins !== undefined && { openedBy: ruleOriginJson(origins.get(part.rule.ruleId)) }),
    })),
  };
}

/** Returns e.g. `Broken limits: no-admin on 2 groups, no-db on 1.`, or an empty list. */
export function surveyLimitsHeadline(entries: readonly SurveyedBrokenLimit[]): string[] {
  const byLimit = foldRenderedItems(entries, ({ broken }) => broken.limit.name)
    .map((same) => ({ name: same[0].broken.limit.name, groups: new Set(same.map(surveyedGroupKey)).size }))
    .sort((a, b) => b.groups - a.groups);
  if (byLimit.length === 0) return [];
  const counts = byLimit.map(({ name, groups }, i) => `${name} on ${i > 0 ? groups : countWithNoun(groups, 'group')}`);
  return [`Broken ${byLimit.length === 1 ? 'limit' : 'limits'}: ${counts.join(', ')}.`];
}
