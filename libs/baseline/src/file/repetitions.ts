/** Finds rules and texts that occur twice in a baseline file. */
import { diffRules, formatRule, ruleKey, type Rule } from '@portcullis/permission-diff';
import { quoted, type DataProblem, type Path } from '@portcullis/yaml-file';
import type { Part, PlacedRule } from './file-parts.js';
import type { FileProblemCode } from './problem.js';

type Clash = DataProblem<FileProblemCode>;

/** @param verb completes the message `<rule> is <verb> twice`, for example `declared`. */
export function repeatedRuleProblems(rules: readonly PlacedRule[], verb: string): Clash[] {
  const firstOnes = new Set(diffRules([], rules).excess);
  const firstPath = firstRulePathFinder(rules);
  return rules
    .filter((rule) => !firstOnes.has(rule))
    .map((rule) => {
      const message = `${quoted(formatRule(rule))} is ${verb} twice`;
      return { code: 'duplicate-rule', path: rule.path, message, expected: 'each rule once', ...firstPath(rule) };
    });
}

/**
 * Returns a function that finds the path of the first rule with the same `ruleKey` as a given rule. A key contains the account of a source
 * group, so two rules have different keys if only one rule names the account.
 */
export function firstRulePathFinder(rules: readonly PlacedRule[]): (rule: Rule) => { readonly first?: Path } {
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

/** Returns a problem for each text that occurred before. `first` is the path of its first occurrence. */
export function repeatedTextProblems(parts: readonly Part<string>[], describe: (value: string) => Omit<Clash, 'path' | 'first'>): Clash[] {
  const firstPaths = new Map<string, Path>();
  return parts.flatMap(({ path, value }) => {
    const first = firstPaths.get(value);
    if (first !== undefined) return [{ ...describe(value), path, first }];
    firstPaths.set(value, path);
    return [];
  });
}
