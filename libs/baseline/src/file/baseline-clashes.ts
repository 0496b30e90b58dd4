/**
 * Finds duplicates in a baseline file, and keys that have no effect. The schema accepts a file with such mistakes.
 */
import { diffRules, formatRule } from '@portcullis/permission-diff';
import { quoted, type DataProblem, type Fields } from '@portcullis/yaml-file';
import { criteriaCover, readBaselineFileSelections } from './criteria.js';
import {
  asBaselineObject,
  asBaselineText,
  baselineParts,
  ownerBoundLists,
  baselineListEntries,
  limitParts,
  baselineObjectEntries,
  baselinePartAt,
  baselinePermissionLists,
  readPlacedRules,
  type Part,
} from './file-parts.js';
import { findLimitClashes, baselineBeyondLimitProblems } from './limit-clashes.js';
import type { FileProblemCode } from './problem.js';
import { firstRulePathFinder, repeatedRuleProblems, repeatedTextProblems } from './repetitions.js';
import { OWNERS } from './schema.js';

type Clash = DataProblem<FileProblemCode>;

/** Returns a problem for every duplicate and for every key that has no effect. Skips data with the wrong shape. */
export function findBaselineClashes(data: unknown): Clash[] {
  const baselines = baselineParts(data);
  const limits = limitParts(data);
  return [
    ...emptyBaselinesProblems(data),
    ...repeatedBaselineNames([...baselines, ...limits]),
    ...repeatedGroupIds(baselines),
    ...repeatedGroupCriteria(baselines),
    ...baselines.flatMap(repeatedIgnoreClauses),
    ...baselines.flatMap(clashingBaselineRules),
    ...baselines.flatMap(uselessBaselineEgressPermits),
    ...baselines.flatMap(uselessApproveWithin),
    ...baselines.flatMap(repeatedOwnerBounds),
    ...limits.flatMap(findLimitClashes),
    ...baselineBeyondLimitProblems(data),
  ];
}

function emptyBaselinesProblems(data: unknown): Clash[] {
  return asBaselineObject({ path: [], value: data }).flatMap((file) => {
    const { path, value } = baselinePartAt(file, 'baselines');
    const hasLimit = baselineListEntries(baselinePartAt(file, 'limits')).length > 0;
    if (!Array.isArray(value) || value.length > 0 || hasLimit) return [];
    return [{ code: 'bad-value', path, message: '`baselines` is an empty list', expected: 'at least one baseline or limit' }];
  });
}

function uselessApproveWithin(baseline: Part<Fields>): Clash[] {
  const { path, value } = baselinePartAt(baseline, 'approveWithin');
  if (value === undefined || baselinePartAt(baseline, 'mode').value === 'approve') return [];
  const message = '`approveWithin` has no effect, because the baseline does not wait for an approval';
  return [{ code: 'useless-key', path, at: 'key', message, expected: '`mode: approve`, or no `approveWithin`' }];
}

function repeatedBaselineNames(baselines: readonly Part<Fields>[]): Clash[] {
  const names = baselines.flatMap((baseline) => asBaselineText(baselinePartAt(baseline, 'name')));
  return repeatedTextProblems(names, (name) => ({
    code: 'duplicate-name',
    message: `another baseline or limit is called ${quoted(name)}`,
    expected: 'a different name for each baseline and each limit',
  }));
}

function repeatedGroupIds(baselines: readonly Part<Fields>[]): Clash[] {
  const ids = baselines
    .flatMap((baseline) => asBaselineObject(baselinePartAt(baseline, 'groups')))
    .flatMap((groups) => baselineListEntries(baselinePartAt(groups, 'ids')))
    .flatMap(asBaselineText);
  return repeatedTextProblems(ids, (id) => ({
    code: 'duplicate-group',
    message: `${quoted(id)} is selected twice`,
    expected: 'each group id in only one baseline',
  }));
}

/**
 * Refuses two baselines if one of them selects every group of the other. Two selections that only overlap are valid, because possibly no
 * group meets the criteria of both. If a group meets the criteria of both, `selectBaseline` reports the group as ambiguous.
 */
function repeatedGroupCriteria(baselines: readonly Part<Fields>[]): Clash[] {
  const all = readBaselineFileSelections(baselines);
  return all.flatMap(({ path, criteria }, i) => {
    const other = all.slice(0, i).find((each) => criteriaCover(each.criteria, criteria) || criteriaCover(criteria, each.criteria));
    if (other === undefined) return [];
    const message = criteriaCover(other.criteria, criteria)
      ? `every group that meets these criteria also meets the criteria of ${quoted(other.name)}`
      : `every group that meets the criteria of ${quoted(other.name)} also meets these criteria`;
    const expected = 'criteria that select no group of the other baseline, or `ids`, which take precedence over criteria';
    return [{ code: 'duplicate-group', path, message, expected, first: other.path }];
  });
}

function repeatedIgnoreClauses(baseline: Part<Fields>): Clash[] {
  const clauses = baselineObjectEntries(baselinePartAt(baseline, 'ignore')).flatMap((clause) =>
    ignoreClauseKey(clause).map((value) => ({ path: clause.path, value })),
  );
  return repeatedTextProblems(clauses, () => ({
    code: 'duplicate-clause',
    message: 'an earlier clause ignores the same rules',
    expected: 'each clause once',
  }));
}

/**
 * Returns an array with one text, which is the same for two clauses that ignore the same rules. Returns an empty array for an invalid
 * clause.
 */
function ignoreClauseKey(clause: Part<Fields>): string[] {
  const keys = Object.keys(clause.value).filter((key) => OWNERS.some((owner) => owner === key));
  if (keys.length !== 1) return [];
  const texts = keys.flatMap((key) => asBaselineText(baselinePartAt(clause, key)).map(({ value }) => [key, value]));
  const tags = asBaselineObject(baselinePartAt(clause, 'tag')).map((tag) => [
    'tag',
    ...['key', 'value'].flatMap((key) => asBaselineText(baselinePartAt(tag, key)).map(({ value }) => value)),
  ]);
  return [...texts, ...tags].map((parts) => JSON.stringify(parts));
}

function clashingBaselineRules(baseline: Part<Fields>): Clash[] {
  const lists = baselinePermissionLists(baseline);
  const required = lists.filter(({ kind }) => kind !== 'permit').flatMap(readPlacedRules);
  const permitted = lists.filter(({ kind }) => kind === 'permit').flatMap(readPlacedRules);
  const firstRequired = firstRulePathFinder(required);
  const idlePermits = diffRules(required, permitted).kept.map((rule): Clash => {
    const message = `${quoted(formatRule(rule))} is required already`;
    const expected = 'a permit for a rule that is not declared';
    return { code: 'useless-permit', path: rule.path, message, expected, ...firstRequired(rule) };
  });
  return [...repeatedRuleProblems(required, 'declared'), ...repeatedRuleProblems(permitted, 'permitted'), ...idlePermits];
}

/**
 * Finds permits and bounds for egress in a baseline without the key `egress`. Without that key, Portcullis does not compare egress rules.
 */
function uselessBaselineEgressPermits(baseline: Part<Fields>): Clash[] {
  if (baselinePartAt(baseline, 'egress').value !== undefined) return [];
  const message = 'egress is not compared, because the baseline does not declare it';
  const permits = baselineObjectEntries(baselinePartAt(baseline, 'permit')).map((permit) => baselinePartAt(permit, 'direction'));
  const bounds = baselineObjectEntries(baselinePartAt(baseline, 'ignore')).map((clause) => baselinePartAt(clause, 'withinEgress'));
  const useless = (parts: readonly Part[], instead: string): Clash[] =>
    parts.map(({ path }) => ({ code: 'useless-permit', path, message, expected: `the key \`egress\` in the baseline, or no ${instead}` }));
  return [
    ...useless(
      permits.filter(({ value }) => value === 'egress'),
      'permit for egress',
    ),
    ...useless(
      bounds.filter(({ value }) => value !== undefined),
      '`withinEgress`',
    ),
  ];
}

function repeatedOwnerBounds(baseline: Part<Fields>): Clash[] {
  return baselineObjectEntries(baselinePartAt(baseline, 'ignore')).flatMap((clause) =>
    repeatedRuleProblems(ownerBoundLists(clause).flatMap(readPlacedRules), 'allowed'),
  );
}
