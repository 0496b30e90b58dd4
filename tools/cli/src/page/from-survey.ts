/** Builds the page of a survey. */
import { revokeCommandFor, SEVERITIES, findingTrafficName } from '@portcullis/finding';
import { formatRule, formatSource, ruleKey } from '@portcullis/permission-diff';
import { countWithNoun } from '../render/counted.js';
import { foldRenderedItems } from '../render/fold.js';
import { surveyedLimitWords, foldSurveyedLimits, rulesBreakingSurveyedLimit, type SurveyedBrokenLimit } from '../survey/broken-limit.js';
import { foldSurveyEntries } from '../survey/fold.js';
import type { SurveyEntry } from '../survey/entry.js';
import { surveyExposureWords, surveyExposureReach } from '../survey/exposure-words.js';
import { surveyHeadline } from '../survey/headline.js';
import { renderResourcesBehind, renderFirstResourceBehind } from '../render/resources-behind.js';
import { countSurveyedGroups, type Survey } from '../survey/survey.js';
import { accountRegionLabel } from '../aws/account-region.js';
import { unknownCallerWords } from '../who/who-words.js';
import {
  TONES,
  type DrawnGroup,
  type End,
  type Flow,
  type PageFinding,
  type PageGroup,
  type PageModel,
  type PageRule,
  type Tone,
} from './page-model.js';
import { describePageAccounts } from './from-states.js';
import { pageCallsThatOpenedRules, pageCallers, pageChangesOfCalls, type KnownCall } from './known-calls.js';
import { pageRule } from './page-rule.js';

export function pageOfSurvey(survey: Survey, now: Date): PageModel {
  const { regions, unreadRegions } = survey;
  const all = regions.flatMap((region) => region.entries);
  const byGroup = pageEntriesByGroupId(foldSurveyEntries(all).flat());
  const since = new Map(regions.map(({ scope, historySince }) => [`${scope.accountId} ${scope.region}`, historySince]));
  const exposed = [...byGroup.values()].map((entries) => ({
    group: { ...entries[0].group, ...entries[0].scope },
    tone: pageToneOfExposures(entries),
    entries,
  }));
  const limits = pageEntriesByGroupId(foldSurveyedLimits(regions.flatMap((region) => region.limits)).flat());
  const exposedIds = new Set(exposed.map(({ group }) => group.id));
  const reached = regions.flatMap(({ scope, reached: groups }) =>
    groups.map(({ group, behind, links }) => ({ group: { ...group, ...scope }, behind, links })),
  );
  const onlyReached = reached.filter(({ group }) => !exposedIds.has(group.id));
  return {
    title: 'What is open to the internet',
    headline: surveyHeadline(survey),
    at: now.toISOString(),
    facts: [
      ['Read', countWithNoun(countSurveyedGroups(survey), 'group')],
      [
        'Where',
        describePageAccounts(regions.map(({ scope }) => scope)) ??
          regions.map(({ scope }) => `${accountRegionLabel(scope)} of account ${scope.accountId}`).join(', '),
      ],
    ],
    findings: [
      ...exposed.map(({ group, tone, entries }) =>
        addLimitsToPageFinding(
          pageFindingOfExposures(group, tone, entries, since.get(`${group.accountId} ${group.region}`), now),
          limits.get(group.id) ?? [],
        ),
      ),
      ...[...limits.values()].flatMap((broken) =>
        exposedIds.has(broken[0].group.id) ? [] : [addLimitsToPageFinding(pageFindingOfLimits(broken, now), broken)],
      ),
    ],
    others: [
      {
        tone: 'fine',
        what: 'reachable from the exposed groups',
        hasTile: false,
        isOpen: false,
        groups: onlyReached.map(({ group }) => ({ group })),
      },
      ...unattachedPageGroups(survey),
    ],
    unread: [
      ...unreadRegions,
      ...regions.flatMap(({ scope, problems }) => problems.map((reason) => ({ label: accountRegionLabel(scope), reason }))),
    ],
    flows: [
      ...exposed.flatMap(({ entries }) => entries.flatMap(pageFlowsOfExposure)),
      ...reached.flatMap(({ links }) =>
        links.map(({ from, to, traffic }): Flow => ({
          from: pageFlowEndOfGroup(from),
          to: pageFlowEndOfGroup(to),
          service: findingTrafficName(traffic),
          kind: 'other',
        })),
      ),
    ],
    drawn: [
      ...exposed.map(({ group, tone, entries }): DrawnGroup => ({ group, tone, behind: renderFirstResourceBehind(entries[0].behind) })),
      ...onlyReached.map(({ group, behind }): DrawnGroup => ({ group, tone: 'fine', behind: renderFirstResourceBehind(behind) })),
    ],
    changes: exposed.flatMap(({ group, entries }) =>
      entries.flatMap((entry) =>
        pageChangesOfCalls(pageCallsOfExposure(entry, now), { group, tone: entry.ignored === undefined ? entry.severity : 'accepted' }),
      ),
    ),
    badWord: 'exposed',
  };
}

type Entries = readonly [SurveyEntry, ...SurveyEntry[]];
type BrokenEntries = readonly [SurveyedBrokenLimit, ...SurveyedBrokenLimit[]];

/**
 * Returns the entries by group id. If two profiles have read the same group, keeps the entries of the first profile.
 */
function pageEntriesByGroupId<E extends Pick<SurveyEntry, 'group' | 'scope'>>(
  entries: readonly E[],
): ReadonlyMap<string, readonly [E, ...E[]]> {
  const folds = foldRenderedItems(entries, ({ group }) => group.id);
  const kept = folds.map(([first, ...more]): readonly [E, ...E[]] => [first, ...more.filter(({ scope }) => scope === first.scope)]);
  return new Map(kept.map((same) => [same[0].group.id, same]));
}

/** Returns the finding about a group that breaks limits but is not exposed. */
function pageFindingOfLimits(entries: BrokenEntries, now: Date): PageFinding {
  const [{ severity, baseline, behind }] = entries;
  const byKey = new Map(entries.flatMap(({ broken }) => rulesBreakingSurveyedLimit(broken).map((rule) => [ruleKey(rule), rule] as const)));
  const rules = [...byKey.values()];
  const calls = entries.flatMap(({ origins }) => pageCallsThatOpenedRules(rules, origins, formatRule, now));
  return {
    group: { ...entries[0].group, ...entries[0].scope },
    tone: severity,
    says: [],
    baseline,
    notes: [],
    rules: rules.map((rule) => pageRule('revoke', rule, 'the rule breaks a limit')),
    behind: renderResourcesBehind([behind]),
    who: pageCallers(calls, now),
  };
}

function addLimitsToPageFinding(finding: PageFinding, broken: readonly SurveyedBrokenLimit[]): PageFinding {
  const reporting = [...new Set(broken.flatMap(({ broken: { limit } }) => (limit.mode === 'report' ? limit.name : [])))];
  const notes = reporting.map((name) => `limit ${name} is in mode report`);
  const tones = [finding.tone, ...broken.map(({ severity }) => severity)];
  const tone = TONES.find((each) => tones.includes(each)) ?? finding.tone;
  return { ...finding, tone, says: [...finding.says, ...broken.map(surveyedLimitWords)], notes: [...finding.notes, ...notes] };
}

function pageToneOfExposures(entries: Entries): Tone {
  const open = entries.filter(({ ignored }) => ignored === undefined).map(({ severity }) => severity);
  return [...SEVERITIES].reverse().find((severity) => open.includes(severity)) ?? 'accepted';
}

function pageFindingOfExposures(group: PageGroup, tone: Tone, entries: Entries, since: string | null | undefined, now: Date): PageFinding {
  const [{ baseline, behind }] = entries;
  const accepted = entries.flatMap(({ ignored, exposure }) =>
    ignored === undefined ? [] : [`accepted until ${ignored.until} (${exposure.service}): ${ignored.reason}`],
  );
  const ruleIds = [...new Set(entries.flatMap(({ exposure, ignored }) => (ignored ? [] : exposure.rules.map(({ ruleId }) => ruleId))))];
  const isUnexplained = entries.some(
    ({ exposure, origins }) => origins !== undefined && exposure.rules.some(({ ruleId }) => !origins.has(ruleId)),
  );
  return {
    group,
    tone,
    says: entries.map(({ exposure }) => surveyExposureWords(exposure)),
    baseline,
    notes: [...accepted, ...(isUnexplained ? [unknownCallerWords('opened', since ?? null)] : [])],
    rules: pageRulesOfExposures(entries),
    behind: renderResourcesBehind([behind]),
    who: pageCallers(
      entries.flatMap((entry) => pageCallsOfExposure(entry, now)),
      now,
    ),
    ...(ruleIds.length > 0 && !ruleIds.includes('') && { command: revokeCommandFor(group, ruleIds, group.profile) }),
  };
}

function pageRulesOfExposures(entries: Entries): PageRule[] {
  const rules = entries.flatMap(({ exposure, ignored }) =>
    exposure.rules.map((rule): [string, PageRule] => [
      rule.ruleId === '' ? formatRule(rule) : rule.ruleId,
      {
        action: ignored === undefined ? 'revoke' : 'leave',
        rule: `${formatRule(rule)}${rule.description === undefined ? '' : ` “${rule.description}”`}`,
        why: '',
        ...(rule.ruleId !== '' && { ruleId: rule.ruleId }),
      },
    ]),
  );
  return [...new Map(rules).values()];
}

function pageCallsOfExposure({ exposure, origins }: SurveyEntry, now: Date): KnownCall[] {
  return pageCallsThatOpenedRules(exposure.rules, origins, () => `${exposure.service} to ${surveyExposureReach(exposure)}`, now);
}

/** An exposure with one of these severities is rarely a mistake, so the picture does not draw it as `bad`. */
const HARMLESS: readonly Tone[] = ['low', 'info'];

function pageFlowsOfExposure({ exposure, group, severity, ignored }: SurveyEntry): Flow[] {
  const kind = ignored !== undefined || HARMLESS.includes(severity) ? 'other' : 'bad';
  const sources = [...new Set(exposure.rules.map(({ source }) => formatSource(source)))];
  const ends: End[] = exposure.reach === 'world' ? [{ kind: 'internet' }] : sources.map((text) => ({ kind: 'range', text }));
  return ends.map((from) => ({ from, to: pageFlowEndOfGroup(group.id), service: exposure.service, kind }));
}

function pageFlowEndOfGroup(id: string): End {
  return { kind: 'group', id };
}

function unattachedPageGroups({ regions }: Survey): PageModel['others'] {
  const groups = regions.flatMap(({ scope, unattached }) =>
    unattached.map(({ id, name, isReferenced }) => ({
      group: { id, name, vpcId: null, ...scope },
      why: isReferenced ? 'referenced by rules of other groups' : 'not referenced by rules of other groups',
    })),
  );
  return [{ tone: 'unknown', what: 'without a network interface', hasTile: false, isOpen: false, groups }];
}
