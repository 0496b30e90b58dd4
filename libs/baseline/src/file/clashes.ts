/** What is written twice in a baseline file, or to no effect: each part may be right, and together they are surely a mistake. */
import { diffRules, formatRule, ruleKey, type Rule } from '@portcullis/permission-diff';
import { covers, criteriaIn } from './criteria.js';
import { asObject, asText, baselinesIn, entriesIn, objectsIn, partAt, permissionListsIn, type Fields, type Part } from './file-parts.js';
import type { Path } from './path.js';
import { placedRulesIn, type PlacedRule } from './placed-rules.js';
import type { DataProblem } from './problem.js';
import { quoted } from './quoted.js';

/** Returns everything that is said twice or to no effect, in as much of the data as has the right shape. */
export function clashes(data: unknown): DataProblem[] {
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

function repeatedNames(baselines: readonly Part<Fields>[]): DataProblem[] {
  const names = baselines.flatMap((baseline) => asText(partAt(baseline, 'name')));
  return repetitions(names).map(({ path, value, first }) => ({
    code: 'duplicate-name',
    path,
    message: `another baseline is called ${quoted(value)}`,
    expected: 'a name of its own',
    first,
  }));
}

/** Two baselines that select one group at the same level contradict each other, and there is no saying which is meant. */
function repeatedGroups(baselines: readonly Part<Fields>[]): DataProblem[] {
  const ids = baselines
    .flatMap((baseline) => asObject(partAt(baseline, 'groups')))
    .flatMap((groups) => entriesIn(partAt(groups, 'ids')))
    .flatMap(asText);
  return repetitions(ids).map(({ path, value, first }) => ({
    code: 'duplicate-group',
    path,
    message: `${quoted(value)} is selected twice`,
    expected: 'each group once, by one baseline',
    first,
  }));
}

/**
 * Of two baselines with criteria one may select every group that the other does: then such a group is always claimed by both. Criteria that
 * merely may be met by one group are no mistake as long as there is no such group; if there is one, it is found when it is selected.
 */
function repeatedCriteria(baselines: readonly Part<Fields>[]): DataProblem[] {
  const all = baselines.flatMap((baseline) =>
    asObject(partAt(baseline, 'groups')).flatMap((groups) => {
      const criteria = criteriaIn(groups);
      return criteria === undefined ? [] : [{ path: groups.path, baseline, criteria }];
    }),
  );
  return all.flatMap(({ path, criteria }, i) => {
    const other = all.slice(0, i).find((each) => covers(each.criteria, criteria) || covers(criteria, each.criteria));
    if (other === undefined) return [];
    const called = quoted(asText(partAt(other.baseline, 'name'))[0]?.value ?? 'another baseline');
    const message = covers(other.criteria, criteria)
      ? `every group that meets these criteria meets those of ${called} too`
      : `every group that meets the criteria of ${called} meets these too`;
    return [
      {
        code: 'duplicate-group',
        path,
        message,
        expected: 'criteria that tell the groups of the two baselines apart, or `ids`, which beat criteria',
        first: other.path,
      },
    ];
  });
}

function repeatedClauses(baseline: Part<Fields>): DataProblem[] {
  const clauses = objectsIn(partAt(baseline, 'ignore')).flatMap((clause) =>
    textOfClause(clause).map((value) => ({ path: clause.path, value })),
  );
  return repetitions(clauses).map(({ path, first }) => ({
    code: 'duplicate-clause',
    path,
    message: 'the same is ignored already',
    expected: 'each clause once',
    first,
  }));
}

/** Returns a text equal exactly for equal clauses; nothing for what is no clause. */
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

/** A rule tells its direction, so that those of ingress and egress never clash. */
function clashingRules(baseline: Part<Fields>): DataProblem[] {
  const lists = permissionListsIn(baseline);
  const required = lists.filter(({ kind }) => kind !== 'permit').flatMap(placedRulesIn);
  const permitted = lists.filter(({ kind }) => kind === 'permit').flatMap(placedRulesIn);
  return [...repeatedRules(required, 'declared'), ...repeatedRules(permitted, 'permitted'), ...idlePermits(required, permitted)];
}

function repeatedRules(rules: readonly PlacedRule[], verb: string): DataProblem[] {
  const firstOnes = new Set(diffRules([], rules).excess);
  const firstPath = firstPathOf(rules);
  return rules
    .filter((rule) => !firstOnes.has(rule))
    .map((rule) => ({
      code: 'duplicate-rule',
      path: rule.path,
      message: `${quoted(formatRule(rule))} is ${verb} twice`,
      expected: 'each rule once',
      ...firstPath(rule),
    }));
}

function idlePermits(required: readonly PlacedRule[], permitted: readonly PlacedRule[]): DataProblem[] {
  const firstPath = firstPathOf(required);
  return diffRules(required, permitted).kept.map((rule) => ({
    code: 'useless-permit',
    path: rule.path,
    message: `${quoted(formatRule(rule))} is required already`,
    expected: 'a permit for a rule that is not declared',
    ...firstPath(rule),
  }));
}

/** Returns where the first rule like a given one is, unless they are spelt with and without the account of a group. */
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

/** Egress that is not declared is not looked at, so there is nothing to permit. */
function permitsOfUndeclaredEgress(baseline: Part<Fields>): DataProblem[] {
  if (partAt(baseline, 'egress').value !== undefined) return [];
  const directions = objectsIn(partAt(baseline, 'permit')).map((permit) => partAt(permit, 'direction'));
  return directions
    .filter(({ value }) => value === 'egress')
    .map(({ path }) => ({
      code: 'useless-permit',
      path,
      message: 'egress is not looked at, since the baseline does not declare it',
      expected: '`egress` in the baseline, or no permit for it',
    }));
}

interface Repetition extends Part<string> {
  readonly first: Path;
}

/** Returns the parts whose text an earlier part has, each with where the text was first. */
function repetitions(parts: readonly Part<string>[]): Repetition[] {
  const first = new Map<string, Path>();
  return parts.flatMap(({ path, value }) => {
    const before = first.get(value);
    if (before !== undefined) return [{ path, value, first: before }];
    first.set(value, path);
    return [];
  });
}
