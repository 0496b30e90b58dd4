/**
 * Finds the exposed groups of an account and region, with the callers who opened the groups and the resources behind the groups. Changes
 * nothing.
 */
import { selectBaseline, type CompiledBaseline, type Limit } from '@portcullis/baseline';
import { controlsBrokenBy, exposuresOf, type Exposure } from '@portcullis/finding';
import { formatTraffic } from '@portcullis/permission-diff';
import {
  isReadError,
  prefixListReader,
  prefixListsInIngress,
  prefixListsToPlan,
  internetReachability,
  type GroupAttachments,
  type PrefixListContents,
  type LiveRule,
  type PlanContext,
  type SurveyedGroup,
} from '@portcullis/security-groups';
import { surveyedLiveRules, type GroupNames } from '../plan/group-state.js';
import type { AccountRegion, NamedScope, RecordedByConfig } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { readResourcesBehindGroups } from '../aws/resources-behind-groups.js';
import { findWhoOpenedRules, historyErrorWords, whoOpenedTheseRules } from '../who/find-origins.js';
import { limitsBrokenInSurvey, rulesBreakingSurveyedLimit, surveyedLimitSeverity, type SurveyedBrokenLimit } from './broken-limit.js';
import { surveyExposureSeverity, type SurveyEntry } from './entry.js';
import { surveyReachedLinks, type GroupLink } from './reached.js';
import { surveyRedundantRules, type RedundantRule } from './redundant.js';

/** What a survey found in one account and region. */
export interface SurveyedRegion {
  readonly scope: NamedScope;
  /** The number of groups that were read. */
  readonly groups: number;
  readonly entries: readonly SurveyEntry[];
  /** The limits that groups break: one entry for each group and limit. */
  readonly limits: readonly SurveyedBrokenLimit[];
  /** The groups whose rules allow traffic from exposed groups, directly or through other groups. */
  readonly reached: readonly ReachedGroup[];
  /** Groups without a network interface. Empty if the interfaces could not be read. */
  readonly unattached: readonly UnattachedGroup[];
  readonly redundant: readonly RedundantRule[];
  /** How far back CloudTrail's history was read, as in `Origins.since`. Absent if the history was not read. */
  readonly historySince?: string | null;
  /** Absent if everything was read from EC2. */
  readonly recorded?: RecordedByConfig;
  /** What could not be read, one line each. Empty if the region was read completely. */
  readonly problems: readonly string[];
}

export interface ReachedGroup {
  readonly group: GroupNames;
  /** The resources behind the group. Null if the network interfaces could not be read. */
  readonly behind: GroupAttachments | null;
  /** The links from exposed groups, or from other reached groups, to this group. */
  readonly links: readonly GroupLink[];
}

export interface UnattachedGroup {
  readonly id: string;
  readonly name: string | null;
  /** Whether a rule of another group refers to this group. If `false`, the group is unused. */
  readonly isReferenced: boolean;
}

export interface SurveyRegionOptions {
  /** The baselines and limits. They show which groups are guarded and which groups break a limit. */
  readonly compiled?: CompiledBaseline | undefined;
  /** Whether to ask CloudTrail who opened the rules. */
  readonly who: boolean;
  /** The current day in UTC, as `YYYY-MM-DD`. */
  readonly today: string;
  /** Stops the survey, which then returns what it found so far. */
  readonly signal: AbortSignal;
  /** Called with the current step, the number of finished items, and the total number of items if known. */
  readonly onProgress: (doing: string, done: number, of?: number) => void;
}

/**
 * Surveys the region. If a call fails, adds an entry to `problems` and continues, so that one missing permission does not prevent the
 * survey.
 *
 * @throws {SecurityGroupCallError} if the groups cannot be read at all.
 */
export async function surveyRegion(accountRegion: AccountRegion, options: SurveyRegionOptions): Promise<SurveyedRegion> {
  const { who, compiled, signal, onProgress } = options;
  const problems: string[] = [];
  const { recorded } = accountRegion;
  const isLive = recorded?.isVerified !== false;
  /** Returns the result of a step. Returns `otherwise` if the step fails, if the survey was stopped, or if EC2 must not be called. */
  const step = async <T>(what: string, otherwise: T, run: () => Promise<T>): Promise<T> => {
    try {
      if (isLive && !signal.aborted) return await run();
    } catch (error) {
      if (!signal.aborted) problems.push(`${what}: ${awsErrorWords(error, accountRegion)}`);
    }
    return otherwise;
  };
  const { region, profile, account } = accountRegion;
  const scope = { accountId: await accountRegion.accountId(), region, profile, ...(account !== undefined && { account }) };
  const found = await readSurveyedGroups(accountRegion, options, problems);
  const ids = found.exposed.map(({ group }) => group.id);
  const shownIds = [...new Set([...ids, ...found.breaking.map(({ group }) => group.id)])];
  // If the groups come from AWS Config, calls EC2 only if the region has an exposed group or a broken limit.
  const behind =
    recorded !== undefined && shownIds.length === 0
      ? undefined
      : await step('cannot read the network interfaces, so every exposed group is assumed to have a public address', undefined, () =>
          readResourcesBehindGroups(accountRegion, (read) => {
            onProgress('reading network interfaces', read);
          }),
        );
  const links = surveyReachedLinks(ids, found.links);
  const instances = behind?.instancesIn([...new Set([...shownIds, ...links.keys()])]) ?? [];
  const names = await step('cannot read the names of instances', new Map<string, string>(), () => accountRegion.instanceNames(instances));
  const live = await step('cannot read the ids of the exposed rules', new Map<string, readonly LiveRule[]>(), async () => {
    const read = await accountRegion.groups.readRulesOf(shownIds);
    return new Map([...read].flatMap(([id, rules]) => (isReadError(rules) ? [] : [[id, rules]])));
  });
  const breaking = found.breaking.map(({ group, limits, rules }) => {
    const broken = limitsBrokenInSurvey(limits, live.get(group.id) ?? rules, surveyPlanContext(group, options, found.lists));
    return { group, broken };
  });
  const exposed = found.exposed.map(({ group, exposures }) => {
    const rules = live.get(group.id);
    return { group, exposures: rules === undefined ? exposures : exposuresOf(rules, found.lists.addresses) };
  });
  const shownRules = [
    ...exposed.flatMap(({ group, exposures }) => exposures.flatMap(({ rules }) => rules.map((rule) => ({ ...rule, groupId: group.id })))),
    ...breaking.flatMap(({ group, broken }) => broken.flatMap(rulesBreakingSurveyedLimit).map((rule) => ({ ...rule, groupId: group.id }))),
  ];
  const asked = [...new Map(shownRules.filter(({ ruleId }) => ruleId !== '').map((rule) => [rule.ruleId, rule])).values()];
  const origins =
    who && isLive
      ? await findWhoOpenedRules(asked, accountRegion.callsNamed, (explained) => {
          onProgress('asking CloudTrail who opened the rules', explained, asked.length);
        })
      : undefined;
  if (origins?.failure !== undefined && !signal.aborted)
    problems.push(historyErrorWords('who opened the rules', origins.failure, accountRegion));
  if (signal.aborted) problems.push('interrupted');
  const about = (group: ExposedGroup['group'], rules: readonly LiveRule[]): Omit<SurveyedBrokenLimit, 'broken' | 'severity'> => {
    const guarding = compiled === undefined ? undefined : selectBaseline(compiled, group);
    return {
      scope,
      group: { id: group.id, name: group.name, vpcId: group.vpcId },
      tags: group.tags,
      behind: behind?.of(group.id, names) ?? null,
      ...(guarding !== undefined && { baseline: guarding.kind === 'guarded' ? guarding.baseline.name : null }),
      ...(origins !== undefined && { origins: whoOpenedTheseRules(rules, origins.byRuleId) }),
    };
  };
  const entries = exposed.flatMap(({ group, exposures }) => {
    const common = about(
      group,
      exposures.flatMap((exposure) => exposure.rules),
    );
    return exposures.map((exposure): SurveyEntry => {
      const controls = controlsBrokenBy(exposure.rules, found.lists.addresses, group.name);
      const severity = surveyExposureSeverity(exposure, internetReachability(exposure.rules, common.behind));
      return { ...common, exposure, severity, ...(controls.length > 0 && { controls }) };
    });
  });
  const limits = breaking.flatMap(({ group, broken }) =>
    broken.map((each): SurveyedBrokenLimit => {
      const exposures = entries.filter((entry) => entry.group.id === group.id);
      return {
        ...about(group, rulesBreakingSurveyedLimit(each)),
        broken: each,
        severity: surveyedLimitSeverity(each, exposures, found.lists),
      };
    }),
  );
  return {
    scope,
    groups: found.groups.size,
    entries,
    limits,
    reached: [...links].flatMap(([id, linksToIt]): ReachedGroup[] => {
      const group = found.groups.get(id);
      return group === undefined ? [] : [{ group, behind: behind?.of(id, names) ?? null, links: linksToIt }];
    }),
    unattached:
      behind === undefined
        ? []
        : [...found.groups.values()].flatMap(({ id, name }) =>
            behind.has(id) ? [] : [{ id, name, isReferenced: found.referenced.has(id) }],
          ),
    redundant: found.redundant,
    ...(origins !== undefined && { historySince: origins.since }),
    ...(recorded && { recorded }),
    problems,
  };
}

interface ExposedGroup {
  readonly group: Omit<SurveyedGroup, 'rules'>;
  readonly exposures: readonly Exposure<LiveRule>[];
}

interface BreakingGroup extends Pick<ExposedGroup, 'group'> {
  /** The limits that apply to the group. */
  readonly limits: readonly Limit[];
  readonly rules: readonly LiveRule[];
}

interface FoundGroups {
  /** All groups by id. */
  readonly groups: ReadonlyMap<string, GroupNames>;
  readonly exposed: readonly ExposedGroup[];
  /** The groups that break a limit. */
  readonly breaking: readonly BreakingGroup[];
  readonly redundant: readonly RedundantRule[];
  /** The groups that rules of other groups refer to. */
  readonly referenced: ReadonlySet<string>;
  readonly links: readonly GroupLink[];
  /** The entries of two kinds of prefix lists: lists in ingress rules, and lists that decide whether a group breaks a limit. */
  readonly lists: PrefixListContents;
}

async function readSurveyedGroups(accountRegion: AccountRegion, options: SurveyRegionOptions, problems: string[]): Promise<FoundGroups> {
  const { compiled, signal, onProgress } = options;
  const readLists = prefixListReader(accountRegion.groups);
  const groups = new Map<string, GroupNames>();
  const exposed: ExposedGroup[] = [];
  const breaking: BreakingGroup[] = [];
  const redundant: RedundantRule[] = [];
  const referenced = new Set<string>();
  const links: GroupLink[] = [];
  let lists: PrefixListContents = { addresses: new Map(), unread: {} };
  try {
    for await (const page of accountRegion.survey({}, (group) => mayRecordedGroupBeOpen(group, options))) {
      const limitsOf = new Map(page.map((group) => [group.id, limitsOfSurveyedGroup(compiled, group)]));
      const ids = page.flatMap(({ id, rules }) =>
        isReadError(rules) ? [] : [...prefixListsInIngress(rules), ...prefixListsToPlan({ limits: limitsOf.get(id) ?? [] }, rules)],
      );
      const read = await readLists([...new Set(ids)]);
      lists = { addresses: new Map([...lists.addresses, ...read.addresses]), unread: { ...lists.unread, ...read.unread } };
      for (const { rules, ...group } of page) {
        groups.set(group.id, { id: group.id, name: group.name, vpcId: group.vpcId });
        if (isReadError(rules)) {
          problems.push(rules.message);
          continue;
        }
        redundant.push(...surveyRedundantRules(group.id, rules));
        for (const { direction, traffic, source } of rules) {
          if (source.kind !== 'group' || source.groupId === group.id) continue;
          referenced.add(source.groupId);
          if (direction === 'ingress') links.push({ from: source.groupId, to: group.id, traffic: formatTraffic(traffic) });
        }
        const live = surveyedLiveRules(rules);
        const exposures = exposuresOf(live, lists.addresses);
        if (exposures.length > 0) exposed.push({ group, exposures });
        const limits = limitsOf.get(group.id) ?? [];
        if (limitsBrokenInSurvey(limits, live, surveyPlanContext(group, options, lists)).length > 0)
          breaking.push({ group, limits, rules: live });
      }
      onProgress('reading groups', groups.size);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const effect = compiled?.limits === undefined ? '' : ', and limits that depend on this list count as broken';
  for (const [id, error] of Object.entries(lists.unread))
    problems.push(
      `cannot read prefix list ${id}, so exposures through this list are not shown${effect}: ${awsErrorWords(error, accountRegion)}`,
    );
  return { groups, exposed, breaking, redundant, referenced, links, lists };
}

/**
 * Reports whether a group that AWS Config recorded is exposed or breaks a limit. Also returns `true` if the answer depends on a prefix
 * list.
 */
function mayRecordedGroupBeOpen({ rules, ...group }: SurveyedGroup, options: SurveyRegionOptions): boolean {
  if (isReadError(rules)) return true;
  const limits = limitsOfSurveyedGroup(options.compiled, { ...group, rules });
  if (prefixListsInIngress(rules).length + prefixListsToPlan({ limits }, rules).length > 0) return true;
  const live = surveyedLiveRules(rules);
  const noLists = { addresses: new Map(), unread: {} };
  return (
    exposuresOf(live, noLists.addresses).length > 0 ||
    limitsBrokenInSurvey(limits, live, surveyPlanContext(group, options, noLists)).length > 0
  );
}

function limitsOfSurveyedGroup(compiled: CompiledBaseline | undefined, group: SurveyedGroup): readonly Limit[] {
  const selection = compiled === undefined ? undefined : selectBaseline(compiled, group);
  return selection === undefined || selection.kind === 'unguarded' ? [] : selection.limits;
}

function surveyPlanContext(
  { ownerId }: Pick<SurveyedGroup, 'ownerId'>,
  { today }: Pick<SurveyRegionOptions, 'today'>,
  { addresses }: PrefixListContents,
): PlanContext {
  return { today, addresses, ...(ownerId !== null && { accountId: ownerId }) };
}
