/**
 * Reads YAML 1.2, of which JSON is a part, into plain data, and finds the place of any of it in the text again. Whatever the text, it
 * takes time and memory in proportion to its length: aliases are shared and not copied, and what they would amount to is bounded.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type ParsedNode,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { formatPath, type Path } from './path.js';
import type { DataProblem, FileProblem, FileProblemCode } from './problem.js';

/** How many characters a baseline file may have. */
export const MAX_FILE_LENGTH = 1024 * 1024;

/** How many values a file may hold, those of aliases counted wherever they stand. */
const MAX_VALUES = 200_000;

/** A baseline is ten deep; this is far beyond it, and far within what the call stack takes. */
const MAX_DEPTH = 64;

/** Beyond so many, what is not YAML is only counted: one slip can make nonsense of everything after it. */
const MAX_SYNTAX_PROBLEMS = 100;

const MAX_TEXT = 120;

/** Data and where it stands in the text. */
export interface YamlSource {
  readonly data: unknown;
  /** Keys written twice: the first of each is in the data. */
  readonly duplicateKeys: readonly DataProblem[];
  /** Returns the problem with its place in the text. */
  readonly locate: (problem: DataProblem) => FileProblem;
}

export type YamlResult =
  | { readonly ok: true; readonly value: YamlSource }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };
