/** Of everything found wrong with a file, what is worth telling: each slip once, and not what only follows from it. */
import { formatPath, valueAt, type Path } from './path.js';
import type { DataProblem, Located } from './problem.js';

/**
 * Returns the problems of the structure and of the permissions without those that only follow from others: where `permission-diff` says
 * what is wrong with a value, the schema need not; and what an unknown key was meant to give is not missing.
 */
export function withoutConsequences(structure: readonly DataProblem[], permissions: readonly DataProblem[], data: unknown): DataProblem[] {
  const told = new Set(permissions.map(({ path }) => formatPath(path)));
  const misspelt = structure.flatMap(({ path, meant }) => (meant === undefined ? [] : [{ holder: path.slice(0, -1), meant }]));
  const meantKeys = new Set(misspelt.map(({ holder, meant }) => formatPath([...holder, meant])));
  const sourceless = new Set(misspelt.filter(({ meant }) => isSourceList(meant)).map(({ holder }) => formatPath(holder)));
  const withUnknownKeys = new Set(structure.filter(({ code }) => code === 'unknown-key').map(({ path }) => formatPath(path.slice(0, -1))));
  const isMeant = (path: Path): boolean => meantKeys.has(formatPath(path)) && valueAt(data, path) === undefined;
  return [
    ...structure.filter(
      ({ code, path }) => !told.has(formatPath(path)) && !isMeant(path) && !(code === 'bad-value' && withUnknownKeys.has(formatPath(path))),
    ),
    ...permissions.filter(({ code, path }) => !isMeant(path) && !(code === 'no-source' && sourceless.has(formatPath(path)))),
  ];
}

/** Returns the problems in the order of the text, each once: what an alias stands for is at fault only where it is defined. */
export function inOrderOfText<Code extends string>(problems: readonly Located<Code>[]): Located<Code>[] {
  const unique = new Map<string, Located<Code>>();
  for (const problem of problems) {
    const { line, column, code, message } = problem;
    const key = `${line}:${column} ${code} ${message}`;
    if (!unique.has(key)) unique.set(key, problem);
  }
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

function isSourceList(key: string): boolean {
  return key === 'IpRanges' || key === 'Ipv6Ranges' || key === 'UserIdGroupPairs' || key === 'PrefixListIds';
}
