/** Reads YAML 1.2, of which JSON is a part, into plain data. Whatever the text, time and memory are bounded by its length. */
import { parseDocument, type YAMLError } from 'yaml';
import type { DataProblem, FileProblem } from './problem.js';
import { shortened, SourceText } from './source-text.js';
import { formatPath } from './path.js';
import { MAX_DEPTH, readTree, type YamlTree } from './yaml-tree.js';

/** How many characters a baseline file may have. */
export const MAX_FILE_LENGTH = 1024 * 1024;

/** How many values a file may hold, those of aliases counted wherever they stand. */
const MAX_VALUES = 200_000;

/** Beyond so many, what is not YAML is only counted: one slip can make nonsense of everything after it. */
const MAX_SYNTAX_PROBLEMS = 100;

/** Data, and the way back from a problem of the data to its place in the text. */
export interface YamlSource {
  readonly data: unknown;
  /** What is wrong with the text, although it could be read. */
  readonly problems: readonly FileProblem[];
  readonly locate: (problem: DataProblem) => FileProblem;
}

export type YamlResult =
  { readonly ok: true; readonly value: YamlSource } | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Returns the data of the text, or all that makes it unreadable. Never throws. */
export function readYaml(text: string): YamlResult {
  const source = new SourceText(text.startsWith('\uFEFF') ? text.slice(1) : text);
  const { length } = source.text;
  if (length > MAX_FILE_LENGTH) {
    const expected = `at most ${MAX_FILE_LENGTH} characters`;
    return { ok: false, problems: [source.problem([0, 0], 'too-large', `the file has ${length}`, expected)] };
  }
  const document = parseDocument(source.text, {
    lineCounter: source.lines,
    prettyErrors: false,
    // Whatever a `%YAML` directive says: `no` and dates are text.
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    // The package compares each key with all before it; `readTree` does better.
    uniqueKeys: false,
  });
  const unreadable = syntaxProblems([...document.errors, ...document.warnings], source);
  if (unreadable.length > 0) return { ok: false, problems: unreadable };
  if (document.contents === null) {
    const expected = 'an object with `version` and `baselines`';
    return { ok: false, problems: [source.problem([0, 0], 'empty-file', 'the file is empty', expected)] };
  }
  const tree = readTree(document.contents, source);
  const incomplete = [...tree.problems, ...sizeProblems(tree, source)];
  if (incomplete.length > 0) return { ok: false, problems: [...incomplete, ...tree.duplicateKeys] };
  return {
    ok: true,
    value: { data: tree.data, problems: tree.duplicateKeys, locate: (problem) => located(problem, tree, source) },
  };
}

/** What would be right, where the package only says what is wrong. */
const EXPECTED_BY_CODE: Partial<Record<YAMLError['code'], string>> = {
  BAD_SCALAR_START: 'quotes around text that begins with this character',
  BLOCK_AS_IMPLICIT_KEY: 'one `key: value` in a line, and quotes around text that holds `: `',
  MULTIPLE_DOCS: 'one document in a file',
  NON_STRING_KEY: 'a key that is text',
  TAB_AS_INDENT: 'spaces: YAML takes no tabs for indentation',
  TAG_RESOLVE_FAILED: 'no tag here, and quotes around text that begins with `!`',
};

const YAML_OR_JSON = 'YAML 1.2 or JSON';

function syntaxProblems(errors: readonly YAMLError[], source: SourceText): FileProblem[] {
  const problems = errors.slice(0, MAX_SYNTAX_PROBLEMS).map(({ code, pos, message }) => {
    if (code === 'RESOURCE_EXHAUSTION') {
      return source.problem(pos, 'too-deep', 'this is nested too deeply', `at most ${MAX_DEPTH} levels`);
    }
    return source.problem(pos, 'syntax', inOurWords(message), EXPECTED_BY_CODE[code] ?? YAML_OR_JSON);
  });
  const [next, ...others] = errors.slice(MAX_SYNTAX_PROBLEMS);
  if (next !== undefined) {
    problems.push(
      source.problem(next.pos, 'more-syntax', `${1 + others.length} more places are not YAML`, YAML_OR_JSON),
    );
  }
  return problems;
}

/** The package's messages are sentences, some with advice for its callers. */
function inOurWords(message: string): string {
  const [sentence = ''] = message.split(/;|\n/, 1);
  return shortened(sentence.charAt(0).toLowerCase() + sentence.slice(1));
}

function sizeProblems({ size }: YamlTree, source: SourceText): FileProblem[] {
  if (size <= MAX_VALUES) return [];
  const expected = `at most ${MAX_VALUES} values, those of aliases counted wherever they stand`;
  const found = size > Number.MAX_SAFE_INTEGER ? 'more values than can be counted' : `${size} values`;
  return [source.problem([0, 0], 'too-large', `the file stands for ${found}`, expected)];
}

function located(problem: DataProblem, tree: YamlTree, source: SourceText): FileProblem {
  const { code, path, at = 'value', expected, first } = problem;
  const { offset, text } = tree.placeOf(path, at);
  const message =
    first === undefined
      ? problem.message
      : `${problem.message}; first at line ${source.position(tree.placeOf(first, at).offset).line}`;
  return {
    code,
    path: formatPath(path),
    ...source.position(offset),
    text,
    message,
    expected: typeof expected === 'string' ? expected : expected(text),
  };
}
