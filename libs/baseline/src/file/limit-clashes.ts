/** Finds limits, bounds and keys that have no effect. Finds baseline rules that a limit forbids. */
import {
  accessBeyond,
  areRulesWorldOpen,
  formatRule,
  formatSource,
  formatTraffic,
  readRules,
  type Bound,
  type Direction,
  type Rule,
} from '@portcullis/permission-diff';
import { quoted, type DataProblem, type Fields, type Path } from '@portcullis/yaml-file';
import { readBound, readLimitBounds, baselinePartHasOnlyKeys, readBoundService } from './read-bounds.js';
import { criteriaCover, readGroupCriteria, hasNoCriteria, criteriaMayOverlap, type Criteria } from './criteria.js';
import {
  asBaselineObject,
  asBaselineText,
  baselineParts,
  BOUNDS,
  baselineListEntries,
  limitParts,
  baselineObjectEntries,
  baselinePartAt,
  baselinePermissionLists,
  baselinePermitPermissions,
  readPlacedRules,
  type Part,
  type PlacedRule,
} from './file-parts.js';
import type { FileProblemCode } from './problem.js';
import { repeatedRuleProblems, repeatedTextProblems } from './repetitions.js';

type Clash = DataProblem<FileProblemCode>;

/** Returns a problem for every duplicate in a limit, and for every key or permit without effect. Skips data with the wrong shape. */
export function findLimitClashes(limit: Part<Fields>): Clash[] {
  return [...limitGroupClashes(limit), ...limitBoundClashes(limit), ...limitPermitClashes(limit), ...uselessLimitOtherwise(limit)];
}

function limitGroupClashes(limit: Part<Fields>): Clash[] {
  return asBaselineObject(baselinePartAt(limit, 'groups')).flatMap((part) => {
    const excepts = asBaselineObject(baselinePartAt(part, 'except'));
    const repeated = [part, ...excepts].flatMap((each) =>
      repeatedTextProblems(baselineListEntries(baselinePartAt(each, 'ids')).flatMap(asBaselineText), (id) => ({
        code: 'duplicate-group',
        message: `${quoted(id)} is listed twice`,
        expected: 'each group once',
      })),
    );
    const useless = excepts
      .filter(() => limitSelectsNothing(readLimitGroups(part)))
      .map(({ path }) => ({
        code: 'useless-limit' as const,
        path,
        message: 'the limit applies to no group, because `except` contains all of its groups',
        expected: 'at least one group that `except` does not contain',
      }));
    return [...repeated, ...useless];
  });
}

function limitBoundClashes(limit: Part<Fields>): Clash[] {
  const ingress = baselinePartAt(limit, 'ingress');
  const isEmptyList = ({ value }: Part): boolean => value === undefined || (Array.isArray(value) && value.length === 0);
  const useless = { code: 'useless-limit' } as const;
  const nothing =
    Array.isArray(ingress.value) && isEmptyList(ingress) && isEmptyList(baselinePartAt(limit, 'egress'))
      ? [{ ...useless, path: ingress.path, message: 'the limit has no bounds', expected: 'at least one bound in `ingress` or `egress`' }]
      : [];
  const ofBounds = BOUNDS.flatMap(([direction, peers]) =>
    baselineObjectEntries(baselinePartAt(limit, direction)).flatMap((part): Clash[] => {
      const bound = readBound(part, peers);
      const isForAll = bound !== undefined && accessBeyond(limitClashRulesForEverybody(direction), [bound]).ranges.length === 0;
      const forAll = {
        ...useless,
        path: [...part.path, peers],
        message: `\`${peers}\` allows everybody, so the bound forbids nothing`,
        expected: 'fewer blocks, prefix lists or security groups',
      };
      return [...repeatedBoundServices(part), ...(isForAll ? [forAll] : [])];
    }),
  );
  return [...nothing, ...ofBounds];
}

/** Returns rules that allow all traffic with every address, and with a group of another account. */
function limitClashRulesForEverybody(direction: Direction): readonly Rule[] {
  const read = readRules([{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }], { direction });
  const group = { direction, traffic: { kind: 'all' }, source: { kind: 'group', groupId: '', userId: '' } } as const;
  return [...(read.ok ? read.value : []), group];
}

function repeatedBoundServices(bound: Part<Fields>): Clash[] {
  const seen = new Map<string, Path>();
  return baselineListEntries(baselinePartAt(bound, 'services')).flatMap(({ path, value }): Clash[] => {
    const keys = (readBoundService(value) ?? []).map(formatTraffic);
    const first = keys.map((key) => seen.get(key));
    for (const key of keys) if (!seen.has(key)) seen.set(key, path);
    if (keys.length === 0 || first[0] === undefined || first.includes(undefined)) return [];
    const message = `${keys.join(' and ')} is listed already`;
    return [{ code: 'duplicate-service', path, message, expected: 'each service once', first: first[0] }];
  });
}

function limitPermitClashes(limit: Part<Fields>): Clash[] {
  const permitted = baselinePermitPermissions(limit).flatMap(readPlacedRules);
  const bounds = readLimitBounds(limit);
  const useless = permitted.flatMap((rule): Clash[] => {
    if (bounds === undefined || accessBeyond([rule], bounds[rule.direction]).rules.length > 0) return [];
    const message = `the limit allows ${quoted(formatRule(rule))} already`;
    return [{ code: 'useless-permit', path: rule.path, message, expected: 'a permit for a rule that the limit forbids' }];
  });
  return [...repeatedRuleProblems(permitted, 'permitted'), ...useless];
}

function uselessLimitOtherwise(limit: Part<Fields>): Clash[] {
  const { path, value } = baselinePartAt(limit, 'otherwise');
  const { value: repair = 'revoke' } = baselinePartAt(limit, 'repair');
  if (value === undefined || repair !== 'revoke') return [];
  const message = '`otherwise` has no effect, because the limit does not narrow rules';
  return [{ code: 'useless-limit', path, message, expected: '`repair: narrow`, or no `otherwise`' }];
}

/**
 * Returns a problem for each baseline rule that a limit certainly forbids. Skips a limit that possibly applies to no group of the baseline.
 */
export function baselineBeyondLimitProblems(data: unknown): Clash[] {
  return findBaselineRulesBeyondLimits(data).flatMap(({ rule, limit, bounds, isCertain, permitted }) =>
    isCertain
      ? [
          {
            code: 'beyond-limit',
            path: rule.path,
            message: `the limit ${quoted(limit)} forbids ${describeForbiddenBaselineRule(rule, bounds, permitted)}`,
            expected: `${expectedBaselineSources(rule, bounds)}, or an \`except\` or a \`permit\` in the limit`,
          },
        ]
      : [],
  );
}

interface Forbidden {
  readonly rule: PlacedRule;
  /** The name of the limit. */
  readonly limit: string;
  /** `true` if the limit certainly applies to a group of the baseline, and certainly forbids the rule. */
  readonly isCertain: boolean;
  readonly permitted: readonly Rule[];
  /** The bounds of the limit for the direction of the rule. */
  readonly bounds: readonly Bound[];
}

/**
 * Returns the baseline rules that a limit certainly or possibly forbids. Skips rules whose source is a prefix list, because the file does
 * not contain the entries of the list. Treats each group in a source as a group of the own account, because the file does not name the own
 * account.
 *
 * @param today the current day in UTC, as `YYYY-MM-DD`. A limit's permit has no effect if its last day is before `today`. By default, every
 * permit has effect.
 */
export function findBaselineRulesBeyondLimits(data: unknown, today = ''): Forbidden[] {
  const baselines = baselineParts(data).flatMap((baseline) =>
    asBaselineObject(baselinePartAt(baseline, 'groups')).map((groups) => ({
      groups: readLimitGroups(groups),
      rules: baselinePermissionLists(baseline)
        .flatMap(readPlacedRules)
        .filter(({ source }) => source.kind !== 'prefixList')
        .map(baselineRuleInOwnAccount),
    })),
  );
  const named = new Set(baselines.flatMap(({ groups }) => [...groups.ids]));
  return limitParts(data).flatMap((limit) => {
    const [groups] = asBaselineObject(baselinePartAt(limit, 'groups')).filter(baselineLimitHasKnownKeys).map(readLimitGroups);
    const bounds = readLimitBounds(limit);
    const [name] = asBaselineText(baselinePartAt(limit, 'name'));
    if (groups === undefined || bounds === undefined || name === undefined) return [];
    const inForce = baselineObjectEntries(baselinePartAt(limit, 'permit')).filter(
      ({ value: { until } }) => typeof until !== 'string' || until >= today,
    );
    const permits = baselinePermitPermissions({ path: [], value: { permit: inForce.map(({ value }) => value) } }).flatMap(readPlacedRules);
    const judged = baselines.flatMap((baseline) => {
      const applies = limitApplicability(groups, baseline.groups, named);
      return applies === 'never' ? [] : [{ rules: baseline.rules, applies }];
    });
    return BOUNDS.flatMap(([direction]) => {
      const ofDirection = <R extends Rule>(rules: readonly R[]): R[] => rules.filter((rule) => rule.direction === direction);
      const permitted = ofDirection(permits);
      const found = { limit: name.value, bounds: bounds[direction], permitted };
      return judged.flatMap(({ rules, applies }) => {
        const own = ofDirection(rules);
        const beyond = accessBeyond(own, found.bounds, { permitted }).rules;
        const certain = new Set(applies === 'certainly' && beyond.length > 0 ? baselineRulesCertainlyBeyond(own, found) : []);
        return beyond.map((rule) => ({ ...found, rule, isCertain: certain.has(rule) }));
      });
    });
  });
}

function baselineRuleInOwnAccount(rule: PlacedRule): PlacedRule {
  return rule.source.kind === 'group' ? { ...rule, source: { kind: 'group', groupId: rule.source.groupId } } : rule;
}

/**
 * Returns the rules that the bounds certainly forbid, although the entries of prefix lists in the bounds and permits are unknown. Assumes
 * that no prefix list contains all addresses.
 */
function baselineRulesCertainlyBeyond(
  rules: readonly PlacedRule[],
  { bounds, permitted }: Pick<Forbidden, 'bounds' | 'permitted'>,
): PlacedRule[] {
  return bounds.flatMap((bound) => {
    const beyond = accessBeyond(rules, [bound], { permitted }).rules;
    const allowsLists = [...bound.senders, ...permitted.map(({ source }) => source)].some(({ kind }) => kind === 'prefixList');
    return allowsLists ? beyond.filter((rule) => rule.source.kind === 'group' || areRulesWorldOpen([rule])) : beyond;
  });
}

/**
 * Says in words which traffic of the rule the bounds forbid: `` `tcp/22 from 0.0.0.0/0` ``, or `` tcp/22 of `tcp/20-30 from 0.0.0.0/0` ``.
 */
export function describeForbiddenBaselineRule(rule: PlacedRule, bounds: readonly Bound[], permitted: readonly Rule[]): string {
  const words = quoted(formatRule(rule));
  const traffic = [...new Set(accessBeyond([rule], bounds, { permitted }).ranges.map(formatTraffic))];
  // `traffic` is empty if the bounds allow the rule alone, but forbid it together with other rules, for example rules with adjacent blocks.
  if (traffic.length === 0 || traffic.includes(formatTraffic(rule.traffic))) return words;
  return `${baselineMessageList(traffic)} of ${words}`;
}

/** Describes the sources or destinations that the broken bound allows. */
export function expectedBaselineSources(rule: PlacedRule, bounds: readonly Bound[]): string {
  const [bound = bounds[0]] = bounds.filter((each) => accessBeyond([rule], [each]).rules.length > 0);
  if (bound === undefined) return 'allowed traffic';
  const { senders, groups, notWiderThan: { ipv4, ipv6 } = {} } = bound;
  const allowed = [
    ...senders.map((source) => quoted(formatSource(source))),
    ...(ipv4 === undefined ? [] : [`IPv4 blocks of /${ipv4} or narrower`]),
    ...(ipv6 === undefined ? [] : [`IPv6 blocks of /${ipv6} or narrower`]),
    ...(groups === 'none' ? [] : [groups === 'any' ? 'any security group' : 'security groups of the account']),
  ];
  const who = rule.direction === 'ingress' ? 'sources' : 'destinations';
  return allowed.length === 0 ? 'no such rule' : `only ${who} that the limit allows (${baselineMessageList(allowed)})`;
}

const MAX_NAMED = 3;

function baselineMessageList(items: readonly string[]): string {
  const more = items.length - MAX_NAMED;
  if (more > 1) return `${items.slice(0, MAX_NAMED).join(', ')} and ${more} more`;
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** The groups that a baseline or a limit selects. */
interface Groups {
  readonly isAll: boolean;
  readonly ids: ReadonlySet<string>;
  readonly criteria: Criteria;
  readonly except?: Groups;
}

/** Reports whether all keys of the limit's `groups` are known. If a key is misspelt, we cannot know which groups the author meant. */
function baselineLimitHasKnownKeys(groups: Part<Fields>): boolean {
  const keys = ['all', 'ids', 'tags', 'names', 'vpcs', 'except'];
  return (
    baselinePartHasOnlyKeys(groups, keys) &&
    asBaselineObject(baselinePartAt(groups, 'except')).every((except) => baselinePartHasOnlyKeys(except, keys))
  );
}

function readLimitGroups(groups: Part<Fields>): Groups {
  const [except] = asBaselineObject(baselinePartAt(groups, 'except')).map(readLimitGroups);
  return {
    isAll: baselinePartAt(groups, 'all').value === true,
    ids: new Set(
      baselineListEntries(baselinePartAt(groups, 'ids'))
        .flatMap(asBaselineText)
        .map(({ value }) => value),
    ),
    criteria: readGroupCriteria(groups),
    ...(except !== undefined && { except }),
  };
}

function limitSelectsNothing({ isAll, ids, criteria, except }: Groups): boolean {
  if (isAll || except === undefined || (ids.size === 0 && hasNoCriteria(criteria))) return false;
  const hasOther = [...ids].some((id) => !except.ids.has(id));
  return !hasOther && (hasNoCriteria(criteria) || (!hasNoCriteria(except.criteria) && criteriaCover(except.criteria, criteria)));
}

type Applicability = 'certainly' | 'maybe' | 'never';

/**
 * @param named the group ids that any baseline lists. A listed id takes precedence over criteria, so no baseline selects these groups by
 * criteria.
 */
function limitApplicability(limit: Groups, baseline: Groups, named: ReadonlySet<string>): Applicability {
  const each = [...baseline.ids].map((id) => limitAppliesToId(limit, id));
  if (!hasNoCriteria(baseline.criteria)) each.push(limitAppliesToCriteria(limit, baseline.criteria, named));
  return (['certainly', 'maybe'] as const).find((some) => each.includes(some)) ?? 'never';
}

function limitAppliesToId({ isAll, ids, criteria, except }: Groups, id: string): Applicability {
  if (except?.ids.has(id) === true) return 'never';
  const isListed = isAll || ids.has(id);
  if (!isListed && hasNoCriteria(criteria)) return 'never';
  return isListed && (except === undefined || hasNoCriteria(except.criteria)) ? 'certainly' : 'maybe';
}

function limitAppliesToCriteria({ isAll, ids, criteria, except }: Groups, selecting: Criteria, named: ReadonlySet<string>): Applicability {
  const hasUnnamed = (some: ReadonlySet<string>): boolean => [...some].some((id) => !named.has(id));
  const has = (test: typeof criteriaCover, some: Criteria): boolean => !hasNoCriteria(some) && test(some, selecting);
  if (except !== undefined && has(criteriaCover, except.criteria)) return 'never';
  const isExcepted = except !== undefined && (has(criteriaMayOverlap, except.criteria) || hasUnnamed(except.ids));
  if (isAll || has(criteriaCover, criteria)) return isExcepted ? 'maybe' : 'certainly';
  return has(criteriaMayOverlap, criteria) || hasUnnamed(ids) ? 'maybe' : 'never';
}
