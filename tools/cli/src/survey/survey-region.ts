/** Finds the exposed groups of an account and region, who opened them, and what is behind them. Changes nothing. */
import { selectBaseline, type CompiledBaseline } from '@portcullis/baseline';
import { exposuresOf, type Exposure } from '@portcullis/finding';
import { formatTraffic } from '@portcullis/permission-diff';
import {
  isReadError,
  listReader,
  listsIn,
  reachabilityOf,
  type Behind,
  type LiveRule,
  type SurveyedGroup,
} from '@portcullis/security-groups';
import { surveyedRules, type GroupNames } from '../audit/group-state.js';
import type { AccountRegion } from '../aws/account-region.js';
import { awsErrorWords } from '../aws/error-words.js';
import { readAllBehind } from '../aws/read-all-behind.js';
import { findOrigins, type Origins } from '../who/find-origins.js';
import { severityOfExposure, type SurveyEntry, type SurveyScope } from './entry.js';
import { linksReachedFrom, type GroupLink } from './reached.js';
import { redundantRules, type RedundantRule } from './redundant.js';

/** What a survey found in one account and region. */
export interface SurveyedRegion {
  readonly scope: SurveyScope;
  /** The number of groups that were read. */
  readonly groups: number;
  readonly entries: readonly SurveyEntry[];
  /** The groups that allow traffic from exposed groups, directly or through other groups. */
  readonly reached: readonly ReachedGroup[];
  /** Groups without a network interface. Empty if the interfaces could not be read. */
  readonly unattached: readonly UnattachedGroup[];
  readonly redundant: readonly RedundantRule[];
  /** How far back CloudTrail's history was read: see `Origins`. Undefined if it was not read. */
  readonly historySince?: string | null;
  /** What could not be read, each in one line. Empty if the region was read completely. */
  readonly problems: readonly string[];
}

export interface ReachedGroup {
  readonly group: GroupNames;
  /** What is behind the group; null if it could not be read. */
  readonly behind: Behind | null;
  /** The links from exposed or reached groups to this one. */
  readonly links: readonly GroupLink[];
}

export interface UnattachedGroup {
  readonly id: string;
  readonly name: string | null;
  /** Whether a rule of another group refers to it. If not, nothing uses the group. */
  readonly isReferenced: boolean;
}

export interface SurveyRegionOptions {
  /** The baselines, to show which groups are guarded. */
  readonly compiled?: CompiledBaseline | undefined;
  /** Whether to ask CloudTrail who opened the rules. */
  readonly who: boolean;
  /** Stops the survey, which then returns what it found so far. */
  readonly signal: AbortSignal;
  /** Called with the current step, the number of items done, and their total if it is known. */
  readonly onProgress: (doing: string, done: number, of?: number) => void;
}

/**
 * Surveys the region. If a call fails, its part is omitted and a problem is added, so that one missing permission does not hide the rest.
 *
 * @throws {SecurityGroupCallError} if the groups cannot be read at all.
 */
export async function surveyRegion(accountRegion: AccountRegion, options: SurveyRegionOptions): Promise<SurveyedRegion> {
  const { who, compiled, signal, onProgress } = options;
  const problems: string[] = [];
  /** Returns the result of a step; `otherwise` if it failed or the survey was stopped. */
  const step = async <T>(what: string, otherwise: T, run: () => Promise<T>): Promise<T> => {
    try {
      if (!signal.aborted) return await run();
    } catch (error) {
      if (!signal.aborted) problems.push(`${what}: ${awsErrorWords(error, accountRegion)}`);
    }
    return otherwise;
  };
  const scope = { accountId: await accountRegion.accountId(), region: accountRegion.region, profile: accountRegion.profile };
  const found = await readGroups(accountRegion, options, problems);
  const ids = found.exposed.map(({ group }) => group.id);
  const behind = await step('cannot read the network interfaces, so every exposed group counts as public', undefined, () =>
    readAllBehind(accountRegion, (read) => {
      onProgress('reading network interfaces', read);
    }),
  );
  const links = linksReachedFrom(ids, found.links);
  const instances = behind?.instancesIn([...new Set([...ids, ...links.keys()])]) ?? [];
  const names = await step('cannot read the names of instances', new Map<string, string>(), () => accountRegion.instanceNames(instances));
  const live = await step('cannot read the ids of the exposed rules', new Map<string, readonly LiveRule[]>(), async () => {
    const read = await accountRegion.groups.readRulesOf(ids);
    return new Map([...read].flatMap(([id, rules]) => (isReadError(rules) ? [] : [[id, rules]])));
  });
  const exposed = found.exposed.map(({ group, exposures }) => {
    const rules = live.get(group.id);
    return { group, exposures: rules === undefined ? exposures : exposuresOf(rules, found.addresses) };
  });
  const origins = who ? await originsOf(exposed, accountRegion, onProgress) : undefined;
  if (origins?.failure !== undefined && !signal.aborted)
    problems.push(`cannot tell who opened the rules: ${awsErrorWords(origins.failure, accountRegion, 'cloudtrail:LookupEvents')}`);
  if (signal.aborted) problems.push('interrupted');
  const entries = exposed.flatMap(({ group, exposures }) => {
    const guarding = compiled === undefined ? undefined : selectBaseline(compiled, group);
    const behindGroup = behind?.of(group.id, names) ?? null;
    return exposures.map((exposure): SurveyEntry => {
      return {
        scope,
        group: { id: group.id, name: group.name, vpcId: group.vpcId },
        tags: group.tags,
        exposure,
        behind: behindGroup,
        severity: severityOfExposure(exposure, reachabilityOf(exposure.rules, behindGroup)),
        ...(guarding !== undefined && { baseline: guarding.kind === 'guarded' ? guarding.baseline.name : null }),
        ...(origins !== undefined && { origins: origins.byRuleId }),
      };
    });
  });
  return {
    scope,
    groups: found.groups.size,
    entries,
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
    problems,
  };
}

interface ExposedGroup {
  readonly group: Omit<SurveyedGroup, 'rules'>;
  readonly exposures: readonly Exposure<LiveRule>[];
}

interface FoundGroups {
  /** All groups by id. */
  readonly groups: ReadonlyMap<string, GroupNames>;
  readonly exposed: readonly ExposedGroup[];
  readonly redundant: readonly RedundantRule[];
  /** The groups that rules of other groups refer to. */
  readonly referenced: ReadonlySet<string>;
  readonly links: readonly GroupLink[];
  /** The blocks of the prefix lists in ingress rules. */
  readonly addresses: Parameters<typeof exposuresOf>[1];
}

async function readGroups(
  accountRegion: AccountRegion,
  { signal, onProgress }: SurveyRegionOptions,
  problems: string[],
): Promise<FoundGroups> {
  const readLists = listReader(accountRegion.groups);
  const groups = new Map<string, GroupNames>();
  const exposed: ExposedGroup[] = [];
  const redundant: RedundantRule[] = [];
  const referenced = new Set<string>();
  const links: GroupLink[] = [];
  let addresses: FoundGroups['addresses'] = new Map();
  const unread = new Map<string, string>();
  try {
    for await (const page of accountRegion.survey()) {
      const lists = await readLists(listsIn(page.flatMap(({ rules }) => (isReadError(rules) ? [] : rules))));
      addresses = new Map([...addresses, ...lists.addresses]);
      for (const [id, error] of Object.entries(lists.unread)) unread.set(id, awsErrorWords(error, accountRegion));
      for (const { rules, ...group } of page) {
        groups.set(group.id, { id: group.id, name: group.name, vpcId: group.vpcId });
        if (isReadError(rules)) {
          problems.push(rules.message);
          continue;
        }
        redundant.push(...redundantRules(group.id, rules));
        for (const { direction, traffic, source } of rules) {
          if (source.kind !== 'group' || source.groupId === group.id) continue;
          referenced.add(source.groupId);
          if (direction === 'ingress') links.push({ from: source.groupId, to: group.id, traffic: formatTraffic(traffic) });
        }
        const exposures = exposuresOf(surveyedRules(rules), addresses);
        if (exposures.length > 0) exposed.push({ group, exposures });
      }
      onProgress('reading groups', groups.size);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  for (const [id, reason] of unread) problems.push(`prefix list ${id} could not be read, so what it opens is not shown: ${reason}`);
  return { groups, exposed, redundant, referenced, links, addresses };
}

function originsOf(
  exposed: readonly ExposedGroup[],
  accountRegion: AccountRegion,
  onProgress: SurveyRegionOptions['onProgress'],
): Promise<Origins> {
  const rules = exposed.flatMap(({ group, exposures }) =>
    exposures.flatMap((exposure) => exposure.rules.map((rule) => ({ ...rule, groupId: group.id }))),
  );
  const asked = [...new Map(rules.filter(({ ruleId }) => ruleId !== '').map((rule) => [rule.ruleId, rule])).values()];
  return findOrigins(asked, accountRegion.callsNamed, (explained) => {
    onProgress('asking CloudTrail who opened the rules', explained, asked.length);
  });
}
