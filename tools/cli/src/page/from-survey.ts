/** Builds the page of a survey. */
import { revokeCommandFor, SEVERITIES, trafficName } from '@portcullis/finding';
import { formatRule, formatSource, ruleKey } from '@portcullis/permission-diff';
import { countWithNoun } from '../render/counted.js';
import { brokenLimitWords, foldBrokenLimits, rulesBreakingLimit, type SurveyedBrokenLimit } from '../survey/broken-limit.js';
import { foldSurveyEntries } from '../survey/fold.js';
import type { SurveyEntry } from '../survey/entry.js';
import { surveyExposureWords, exposureReachWords } from '../survey/exposure-words.js';
import { surveyHeadline } from '../survey/headline.js';
import { resourcesBehindWords, firstResourceBehind } from '../survey/behind-words.js';
import { surveyExtent, type Survey } from '../survey/survey.js';
import { accountRegionLabel } from '../aws/account-region.js';
import { ruleOriginWords, unknownCallerWords } from '../who/who-words.js';
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
import { pageChangesOfCalls, pageCallers, type KnownCall } from './known-calls.js';

export function pageOfSurvey(survey: Survey, now: Date): PageModel {
  const { regions, unreadRegions } = survey;
  const all = regions.flatMap((region) => region.entries);
  const byGroup = entriesByGroup(all);
  const since = new Map(regions.map(({ scope, historySince }) => [`${scope.accountId} ${scope.region}`, historySince]));
  const exposed = [...byGroup.values()].map((entries) => ({
    group: pageGroupOfEntry(entries[0]),
    tone: toneOfExposures(entries),
    entries,
  }));
  const limits = limitsByGroup(regions.flatMap((region) => region.limits));
  const exposedIds = new Set(exposed.map(({ group }) => group.id));
  const reached = regions.flatMap(({ scope, reached: groups }) =>
    groups.map(({ group, behind, links }) => ({ group: { ...group, ...scope }, behind, links })),
  );
  const onlyReached = reached.filter(({ group }) => !exposedIds.has(group.id));
  const { groups: read } = surveyExtent(survey);
  return {
    title: 'What is open to the internet',
    headline: surveyHeadline(all, surveyExtent(survey), [...limits.values()].flat()),
    at: now.toISOString(),
    facts: [
      ['Read', countWithNoun(read, 'group')],
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
          from: groupFlowEnd(from),
          to: groupFlowEnd(to),
          service: trafficName(traffic),
          kind: 'other',
        })),
      ),
    ],
    drawn: [
      ...exposed.map(({ group, tone, entries }): DrawnGroup => ({ group, tone, behind: firstResourceBehind(entries[0].behind) })),
      ...onlyReached.map(({ group, behind }): DrawnGroup => ({ group, tone: 'fine', behind: firstResourceBehind(behind) })),
    ],
    changes: exposed.flatMap(({ group, entries }) =>
      entries.flatMap((entry) =>
        pageChangesOfCalls(
          knownCallsOfExposure(entry, now),
          { group, tone: entry.ignored === undefined ? entry.severity : 'accepted' },
          now,
        ),
      ),
    ),
    badWord: 'exposed',
  };
}

type Entries = readonly [SurveyEntry, ...SurveyEntry[]];

/** If two profiles have the same account, its groups are found twice. Keeps the first. */
function entriesByGroup(entries: readonly SurveyEntry[]): ReadonlyMap<string, Entries> {
  const byGroup = new Map<string, Entries>();
  for (const entry of foldSurveyEntries(entries).flatMap((fold) => fold.entries)) {
    const known = byGroup.get(entry.group.id);
    if (known === undefined) byGroup.set(entry.group.id, [entry]);
    else if (known[0].scope === entry.scope) byGroup.set(entry.group.id, [...known, entry]);
  }
  return byGroup;
}

type BrokenEntries = readonly [SurveyedBrokenLimit, ...SurveyedBrokenLimit[]];

/** As with exposures, a group that was found twice counts once. */
function limitsByGroup(entries: readonly SurveyedBrokenLimit[]): ReadonlyMap<string, BrokenEntries> {
  const byGroup = new Map<string, BrokenEntries>();
  for (const entry of foldBrokenLimits(entries).flat()) {
    const known = byGroup.get(entry.group.id);
    if (known === undefined) byGroup.set(entry.group.id, [entry]);
    else if (known[0].scope === entry.scope) byGroup.set(entry.group.id, [...known, entry]);
  }
  return byGroup;
}

/** A group that breaks limits and is not exposed. */
function pageFindingOfLimits(entries: BrokenEntries, now: Date): PageFinding {
  const [{ severity, baseline, behind }] = entries;
  const rules = new Map(entries.flatMap(({ broken }) => rulesBreakingLimit(broken).map((rule) => [ruleKey(rule), rule] as const)));
  const calls = entries.flatMap(({ origins }) =>
    [...rules.values()].flatMap((rule): KnownCall[] => {
      const origin = origins?.get(rule.ruleId);
      if (origin === undefined) return [];
      const what = `${origin.certain ? 'opened' : 'perhaps opened'} ${formatRule(rule)}`;
      return [{ call: origin.call, words: ruleOriginWords(origin, now), what }];
    }),
  );
  return {
    group: pageGroupOfEntry(entries[0]),
    tone: severity,
    says: [],
    baseline,
    notes: [],
    rules: [...rules.values()].map((rule) => ({
      action: 'revoke',
      rule: `${rule.direction} ${formatRule(rule)}`,
      why: 'it goes beyond a limit',
      ...(rule.ruleId !== '' && { ruleId: rule.ruleId }),
    })),
    behind: resourcesBehindWords([behind]),
    who: pageCallers(calls, now),
  };
}

function addLimitsToPageFinding(finding: PageFinding, broken: readonly SurveyedBrokenLimit[]): PageFinding {
  const reporting = [...new Set(broken.flatMap(({ broken: { limit } }) => (limit.mode === 'report' ? limit.name : [])))];
  const notes = reporting.map((name) => `limit ${name} only reports`);
  const tones = [finding.tone, ...broken.map(({ severity }) => severity)];
  const tone = TONES.find((each) => tones.includes(each)) ?? finding.tone;
  return { ...finding, tone, says: [...finding.says, ...broken.map(brokenLimitWords)], notes: [...finding.notes, ...notes] };
}

function pageGroupOfEntry({ group, scope }: Pick<SurveyEntry, 'group' | 'scope'>): PageGroup {
  return { ...group, ...scope };
}

function toneOfExposures(entries: Entries): Tone {
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
    behind: resourcesBehindWords([behind]),
    who: pageCallers(
      entries.flatMap((entry) => knownCallsOfExposure(entry, now)),
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

function knownCallsOfExposure({ exposure, origins }: SurveyEntry, now: Date): KnownCall[] {
  return exposure.rules.flatMap(({ ruleId }): KnownCall[] => {
    const origin = origins?.get(ruleId);
    if (origin === undefined) return [];
    const what = `${origin.certain ? 'opened' : 'perhaps opened'} ${exposure.service} to ${exposureReachWords(exposure)}`;
    return [{ call: origin.call, words: ruleOriginWords(origin, now), what }];
  });
}

/** Exposures of these severities are rarely mistakes, and are not red in the picture. */
const HARMLESS: readonly Tone[] = ['low', 'info'];

function pageFlowsOfExposure({ exposure, group, severity, ignored }: SurveyEntry): Flow[] {
  const kind = ignored !== undefined || HARMLESS.includes(severity) ? 'other' : 'bad';
  const sources = [...new Set(exposure.rules.map(({ source }) => formatSource(source)))];
  const ends: End[] = exposure.reach === 'world' ? [{ kind: 'internet' }] : sources.map((text) => ({ kind: 'range', text }));
  return ends.map((from) => ({ from, to: groupFlowEnd(group.id), service: exposure.service, kind }));
}

function groupFlowEnd(id: string): End {
  return { kind: 'group', id };
}

function unattachedPageGroups({ regions }: Survey): PageModel['others'] {
  const groups = regions.flatMap(({ scope, unattached }) =>
    unattached.map(({ id, name, isReferenced }) => ({
      group: { id, name, vpcId: null, ...scope },
      why: isReferenced ? 'rules of other groups refer to it' : 'no rule of another group refers to it',
    })),
  );
  return [{ tone: 'unknown', what: 'without a network interface', hasTile: false, isOpen: false, groups }];
}
