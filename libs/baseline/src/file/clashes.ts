/**
 * Finds parts of a baseline file that are duplicates or have no effect. Each part may be valid alone, but the file certainly has a mistake.
 */
import { diffRules, formatRule } from '@portcullis/permission-diff';
import { quoted, type DataProblem, type Fields } from '@portcullis/yaml-file';
import { covers, selectionsIn } from './criteria.js';
import {
  asObject,
  asText,
  baselinesIn,
  boundsOfOwnerIn,
  entriesIn,
  limitsIn,
  objectsIn,
  partAt,
  permissionListsIn,
  placedRulesIn,
  type Part,
} from './file-parts.js';
import { clashesOfLimit, forbiddenRules } from './limit-clashes.js';
import type { FileProblemCode } from './problem.js';
import { firstPathOf, repeatedRules, repetitions } from './repetitions.js';
import { OWNERS } from './schema.js';

type Clash = DataProblem<FileProblemCode>;

/** Returns every part that is a duplicate or has no effect. Skips data with the wrong shape. */
export function clashes(data: unknown): Clash[] {
  const baselines = baselinesIn(data);
  const limits = limitsIn(data);
  return [
    ...emptyFile(data),
    ...repeatedNames([...baselines, ...limits]),
    ...repeatedGroups(baselines),
    ...repeatedCriteria(baselines),
    ...baselines.flatMap(repeatedClauses),
    ...baselines.flatMap(clashingRules),
    ...baselines.flatMap(permitsOfUndeclaredEgress),
    ...baselines.flatMap(uselessApproveWithin),
    ...baselines.flatMap(repeatedBounds),
    ...limits.flatMap(clashesOfLimit),
    ...forbiddenRules(data),
  ];
}

function emptyFile(data: unknown): Clash[] {
  const isEmpty = (key: string): boolean => asObject({ path: [], value: data }).some((file) => entriesIn(partAt(file, key)).length === 0);
  const [baselines] = asObject({ path: [], value: data }).map((file) => partAt(file, 'baselines'));
  if (!Array.isArray(baselines?.value) || !isEmpty('baselines') || !isEmpty('limits')) return [];
  return [{ code: 'bad-value', path: baselines.path, message: '`baselines` is an empty list', expected: 'at least one baseline or limit' }];
}

function uselessApproveWithin(baseline: Part<Fields>): Clash[] {
  const { path, value } = partAt(baseline, 'approveWithin');
  if (value === undefined || partAt(baseline, 'mode').value === 'approve') return [];
  const message = '`approveWithin` has no effect, since the baseline waits for no approval';
  return [{ code: 'useless-key', path, at: 'key', message, expected: '`mode: approve`, or no `approveWithin`' }];
}

function repeatedNames(baselines: readonly Part<Fields>[]): Clash[] {
  const names = baselines.flatMap((baseline) => asText(partAt(baseline, 'name')));
  return repetitions(names, (name) => ({
    code: 'duplicate-name',
    message: `another baseline or limit is called ${quoted(name)}`,
    expected: 'a name of its own',
  }));
}

/** Finds group ids that are listed twice, because two baselines for one group contradict each other. */
function repeatedGroups(baselines: readonly Part<Fields>[]): Clash[] {
  const ids = baselines
    .flatMap((baseline) => asObject(partAt(baseline, 'groups')))
    .flatMap((groups) => entriesIn(partAt(groups, 'ids')))
    .flatMap(asText);
  return repetitions(ids, (id) => ({
    code: 'duplicate-group',
    message: `${quoted(id)} is selected twice`,
    expected: 'each group once, by one baseline',
  }));
}

/**
 * Finds baselines that select every group of another baseline, so that those groups always have two baselines. If two baselines merely
 * might select the same group, that is no mistake until such a group exists. Selection reports such a group as ambiguous.
 */
function repeatedCriteria(baselines: readonly Part<Fields>[]): Clash[] {
  const all = selectionsIn(baselines);
  return all.flatMap(({ path, criteria }, i) => {
    const other = all.slice(0, i).find((each) => covers(each.criteria, criteria) || covers(criteria, each.criteria));
    if (other === undefined) return [];
    const message = covers(other.criteria, criteria)
      ? `every group that meets these criteria meets those of ${quoted(other.name)} too`
      : `every group that meets the criteria of ${quoted(other.name)} meets these too`;
    const expected = 'criteria that tell the groups of the two baselines apart, or `ids`, which beat criteria';
    return [{ code: 'duplicate-group', path, message, expected, first: other.path }];
  });
}

function repeatedClauses(baseline: Part<Fields>): Clash[] {
  const clauses = objectsIn(partAt(baseline, 'ignore')).flatMap((clause) =>
    textOfClause(clause).map((value) => ({ path: clause.path, value })),
  );
  return repetitions(clauses, () => ({ code: 'duplicate-clause', message: 'the same is ignored already', expected: 'each clause once' }));
}

/** Returns a text that identifies the clause, or an empty array for an invalid clause. */
function textOfClause(clause: Part<Fields>): string[] {
  const keys = Object.keys(clause.value).filter((key) => OWNERS.some((owner) => owner === key));
  if (keys.length !== 1) return [];
  const texts = keys.flatMap((key) => asText(partAt(clause, key)).map(({ value }) => [key, value]));
  const tags = asObject(partAt(clause, 'tag')).map((tag) => [
    'tag',
    ...['key', 'value'].flatMap((key) => asText(partAt(tag, key)).map(({ value }) => value)),
  ]);
  return [...texts, ...tags].map((parts) => JSON.stringify(parts));
}

/** Finds rules that clash. Ingress and egress rules never clash with each other, because a rule includes its direction. */
function clashingRules(baseline: Part<Fields>): Clash[] {
  const lists = permissionListsIn(baseline);
  const required = lists.filter(({ kind }) => kind !== 'permit').flatMap(placedRulesIn);
  const permitted = lists.filter(({ kind }) => kind === 'permit').flatMap(placedRulesIn);
  const firstRequired = firstPathOf(required);
  const idlePermits = diffRules(required, permitted).kept.map((rule): Clash => {
    const message = `${quoted(formatRule(rule))} is required already`;
    const expected = 'a permit for a rule that is not declared';
    return { code: 'useless-permit', path: rule.path, message, expected, ...firstRequired(rule) };
  });
  return [...repeatedRules(required, 'declared'), ...repeatedRules(permitted, 'permitted'), ...idlePermits];
}

/** Finds permits for undeclared egress. Undeclared egress is not compared, so such a permit has no effect. */
function permitsOfUndeclaredEgress(baseline: Part<Fields>): Clash[] {
  if (partAt(baseline, 'egress').value !== undefined) return [];
  const directions = objectsIn(partAt(baseline, 'permit')).map((permit) => partAt(permit, 'direction'));
  const bounds = objectsIn(partAt(baseline, 'ignore')).map((clause) => partAt(clause, 'withinEgress'));
  const uncompared = { code: 'useless-permit', message: 'egress is not compared, since the baseline does not declare it' } as const;
  return [
    ...directions
      .filter(({ value }) => value === 'egress')
      .map(({ path }): Clash => ({ ...uncompared, path, expected: '`egress` in the baseline, or no permit for it' })),
    ...bounds
      .filter(({ value }) => value !== undefined)
      .map(({ path }): Clash => ({ ...uncompared, path, expected: '`egress` in the baseline, or no `withinEgress`' })),
  ];
}

/** Finds rules that occur twice in the bounds of one owner. */
function repeatedBounds(baseline: Part<Fields>): Clash[] {
  return objectsIn(partAt(baseline, 'ignore')).flatMap((clause) =>
    repeatedRules(boundsOfOwnerIn(clause).flatMap(placedRulesIn), 'allowed'),
  );
}
