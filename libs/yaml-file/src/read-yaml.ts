import { parseYamlDocument } from './parse-document.js';
import { formatPath } from './path.js';
import type { DataProblem, FileProblem } from './file-problem.js';
import { Tree } from './read-tree.js';
import { SourceText, type YamlProblem } from './source-text.js';

/** The maximum number of characters in a file. */
export const MAX_FILE_LENGTH = 1024 * 1024;

/** The maximum number of values in a file. Each alias counts as all values of its anchor. */
const MAX_VALUES = 200_000;

/** The data of a file, its duplicate keys, and a function that finds the position of a problem in the file. */
export interface YamlFile {
  /** `undefined` if the text is empty or has only comments. */
  readonly data: unknown;
  /** The keys that are written twice in one object. In `data`, such a key has its first value. */
  readonly problems: readonly YamlProblem[];
  readonly locate: <Code extends string>(problem: DataProblem<Code>) => FileProblem<Code>;
}

export type YamlResult =
  { readonly ok: true; readonly value: YamlFile } | { readonly ok: false; readonly problems: readonly YamlProblem[] };

/**
 * Reads YAML 1.2, which includes JSON. Returns the data of the text, or all its problems. Never throws. Time and memory grow with the
 * length of the text. Aliases need no extra time or memory.
 */
export function readYaml(text: string): YamlResult {
  const source = new SourceText(text);
  const { length } = source.text;
  if (length > MAX_FILE_LENGTH)
    return refusedYaml(source.problem([0, 0], 'too-large', `the file has ${length} characters`, `at most ${MAX_FILE_LENGTH}`));
  const { root, problems } = parseYamlDocument(source);
  if (problems.length > 0) return refusedYaml(...problems);
  if (root === null) return { ok: true, value: { data: undefined, problems: [], locate: (problem) => locateProblem(problem, source) } };
  const tree = new Tree(root, source);
  if (tree.problems.length > 0 || tree.size > MAX_VALUES)
    return refusedYaml(...tree.problems, ...yamlSizeProblems(tree, source), ...tree.duplicateKeys);
  return { ok: true, value: { data: tree.data, problems: tree.duplicateKeys, locate: (problem) => locateProblem(problem, source, tree) } };
}

function refusedYaml(...problems: readonly YamlProblem[]): YamlResult {
  return { ok: false, problems };
}

function yamlSizeProblems({ size }: Tree, source: SourceText): YamlProblem[] {
  if (size <= MAX_VALUES) return [];
  const found = size > Number.MAX_SAFE_INTEGER ? `over ${Number.MAX_SAFE_INTEGER} values` : `${size} values`;
  const expected = `at most ${MAX_VALUES} values, and each alias counts as all values of its anchor`;
  return [source.problem([0, 0], 'too-large', `the file has ${found}`, expected)];
}

function locateProblem<Code extends string>(problem: DataProblem<Code>, source: SourceText, tree?: Tree): FileProblem<Code> {
  const { code, path, at = 'value', message, expected, first } = problem;
  const { offset, text } = tree?.placeOf(path, at) ?? { offset: 0, text: '' };
  const resolved = (words: string | ((written: string) => string)): string => (typeof words === 'string' ? words : words(text));
  const firstLine = first && tree && source.position(tree.placeOf(first, at).offset).line;
  return {
    code,
    path: formatPath(path),
    ...source.position(offset),
    text,
    message: `${resolved(message)}${firstLine === undefined ? '' : `; first at line ${firstLine}`}`,
    expected: resolved(expected),
  };
}
