/** Reads YAML 1.2, of which JSON is a part, into plain data. Whatever the text, time and memory are bounded by its length. */
import { formatPath } from './path.js';
import type { DataProblem, FileProblem, Located } from './problem.js';
import { SourceText } from './source-text.js';
import { parseYaml } from './yaml-document.js';
import { readTree, type YamlTree } from './yaml-tree.js';

/** How many characters a baseline file may have. */
export const MAX_FILE_LENGTH = 1024 * 1024;

/** How many values a file may hold, those of aliases counted wherever they stand. */
const MAX_VALUES = 200_000;

/** Data, and the way back from a problem of the data to its place in the text. */
export interface YamlSource {
  readonly data: unknown;
  /** What is wrong with the text, although it could be read. */
  readonly problems: readonly FileProblem[];
  readonly locate: <Code extends string>(problem: DataProblem<Code>) => Located<Code>;
}

export type YamlResult =
  { readonly ok: true; readonly value: YamlSource } | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Returns the data of the text, or all that makes it unreadable. Never throws. */
export function readYaml(text: string): YamlResult {
  const source = new SourceText(text.startsWith('\uFEFF') ? text.slice(1) : text);
  const { length } = source.text;
  if (length > MAX_FILE_LENGTH) {
    const message = `the file has ${length} characters`;
    return { ok: false, problems: [source.problem([0, 0], 'too-large', message, `at most ${MAX_FILE_LENGTH}`)] };
  }
  const { root, problems } = parseYaml(source);
  if (problems.length > 0) return { ok: false, problems };
  if (root === null) {
    const expected = 'an object with `version` and `baselines`';
    return { ok: false, problems: [source.problem([0, 0], 'empty-file', 'the file is empty', expected)] };
  }
  const tree = readTree(root, source);
  const incomplete = [...tree.problems, ...sizeProblems(tree, source)];
  if (incomplete.length > 0) return { ok: false, problems: [...incomplete, ...tree.duplicateKeys] };
  return {
    ok: true,
    value: { data: tree.data, problems: tree.duplicateKeys, locate: (problem) => located(problem, tree, source) },
  };
}

function sizeProblems({ size }: YamlTree, source: SourceText): FileProblem[] {
  if (size <= MAX_VALUES) return [];
  const found = size > Number.MAX_SAFE_INTEGER ? 'more values than can be counted' : `${size} values`;
  const expected = `at most ${MAX_VALUES} values, those of aliases counted wherever they stand`;
  return [source.problem([0, 0], 'too-large', `the file stands for ${found}`, expected)];
}

function located<Code extends string>(problem: DataProblem<Code>, tree: YamlTree, source: SourceText): Located<Code> {
  const { code, path, at = 'value', expected, first } = problem;
  const { offset, text } = tree.placeOf(path, at);
  const message =
    first === undefined ? problem.message : `${problem.message}; first at line ${source.position(tree.placeOf(first, at).offset).line}`;
  return {
    code,
    path: formatPath(path),
    ...source.position(offset),
    text,
    message,
    expected: typeof expected === 'string' ? expected : expected(text),
  };
}
