/** What is written twice in a baseline file, or has no effect: each part may be right, and together they are surely a mistake. */
import { diffRules, formatRule, ruleKey, type Rule } from '@portcullis/permission-diff';
import { quoted, type DataProblem, type Path, type Fields } from '@portcullis/yaml-file';
import { covers, selectionsIn } from './criteria.js';
import { asObject, asText, baselinesIn, entriesIn, objectsIn, partAt, permissionListsIn, type Part } from './file-parts.js';
import { placedRulesIn, type PlacedRule } from './placed-rules.js';
import type { FileProblemCode } from './problem.js';

type Clash = DataProblem<FileProblemCode>;

/** Returns everything that is written twice or has no effect, in as much of the data as has the right shape. */
export function clashes(data: unknown): Clash[] {
  const baselines = baselinesIn(data);
  return [
    ...repeatedNames(baselines),
    ...repeatedGroups(baselines),
    ...repeatedCriteria(baselines),
    ...baselines.flatMap(repeatedClauses),
    ...baselines.flatMap(clashingRules),
    ...baselines.flatMap(permitsOfUndeclaredEgress),
  ];
}

function repeatedNames(baselines: readonly Part<Fields>[]): Clash[] {
  const names = baselines.flatMap((baseline) => asText(partAt(baseline, 'name')));
  return repetitions(names, (name) => ({
    code: 'duplicate-name',
    message: `another baseline is called ${quoted(name)}`,
    expected: 'a name of its own',
  }));
}

/** Two baselines that select one group by its id contradict each other. */
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
 * One of two baselines may select every group that the other selects: such a group always has two baselines. Criteria that one group merely could meet are
 * no mistake until there is such a group; that is found when it is selected.
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

/** Returns a text that is equal exactly for equal clauses; nothing for an invalid clause. */
function textOfClause(clause: Part<Fields>): string[] {
  const keys = Object.keys(clause.value);
  if (keys.length !== 1) return [];
  const texts = keys.flatMap((key) => asText(partAt(clause, key)).map(({ value }) => [key, value]));
  const tags = asObject(partAt(clause, 'tag')).map((tag) => [
    'tag',
    ...['key', 'value'].flatMap((key) => asText(partAt(tag, key)).map(({ value }) => value)),
  ]);
  return [...texts, ...tags].map((parts) => JSON.stringify(parts));
}

/** A rule has a direction, so those of ingress and egress never clash. */
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

function repeatedRules(rules: readonly PlacedRule[], verb: string): Clash[] {
  const firstOnes = new Set(diffRules([], rules).excess);
  const firstPath = firstPathOf(rules);
  return rules
    .filter((rule) => !firstOnes.has(rule))
    .map((rule) => {
      const message = `${quoted(formatRule(rule))} is ${verb} twice`;
      return { code: 'duplicate-rule', path: rule.path, message, expected: 'each rule once', ...firstPath(rule) };
    });
}

/** Returns the path of the first equal rule; nothing if that one is written with the account of a group and this one without, or the reverse. */
function firstPathOf(rules: readonly PlacedRule[]): (rule: Rule) => { readonly first?: Path } {
  const paths = new Map<string, Path>();
  for (const rule of rules) {
    const key = ruleKey(rule);
    if (!paths.has(key)) paths.set(key, rule.path);
  }
  return (rule) => {
    const first = paths.get(ruleKey(rule));
    return first === undefined ? {} : { first };
  };
}

/** Egress that is not declared is not compared, so there is nothing to permit. */
function permitsOfUndeclaredEgress(baseline: Part<Fields>): Clash[] {
  if (partAt(baseline, 'egress').value !== undefined) return [];
  const directions = objectsIn(partAt(baseline, 'permit')).map((permit) => partAt(permit, 'direction'));
  return directions
    .filter(({ value }) => value === 'egress')
    .map(({ path }) => ({
      code: 'useless-permit',
      path,
      message: 'egress is not compared, since the baseline does not declare it',
      expected: '`egress` in the baseline, or no permit for it',
    }));
}

/** Returns a problem for each part whose text an earlier part has, with the path of the first. */
function repetitions(parts: readonly Part<string>[], describe: (value: string) => Omit<Clash, 'path' | 'first'>): Clash[] {
  const firstPaths = new Map<string, Path>();
  return parts.flatMap(({ path, value }) => {
    const first = firstPaths.get(value);
    if (first !== undefined) return [{ ...describe(value), path, first }];
    firstPaths.set(value, path);
    return [];
  });
}
