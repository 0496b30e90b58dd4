/** What is wrong with a file. */
import type { Path } from './path.js';

/** One problem of a file, with its place in the text. */
export interface FileProblem<Code extends string = string> {
  readonly code: Code;
  /** Where it is in the data, e.g. `baselines[0].ingress[1].IpRanges[0].CidrIp`; empty for the whole file. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** The offending source text: what stands at that line and column, at most 120 characters of one line; `absent` if nothing is written there. */
  readonly text: string;
  /** What is wrong. */
  readonly message: string;
  /** What would be right. */
  readonly expected: string;
}

/** A problem of the data, before its place in the text is looked up. */
export interface DataProblem<Code extends string = string> {
  readonly code: Code;
  readonly path: Path;
  /** Whether the key at the path is at fault or its value. @default 'value' */
  readonly at?: 'key' | 'value';
  /** What is wrong, and what would be right: each may depend on the text in the file. */
  readonly message: string | ((written: string) => string);
  readonly expected: string | ((written: string) => string);
  /** Where the same thing was first: its line is added to the message. */
  readonly first?: Path;
}

/** Returns one line: `baseline.yaml:7:20: not-a-cidr: `10.0.0` is not a block of addresses; expected …`. */
export function formatFileProblem(fileName: string, { line, column, code, message, expected }: FileProblem): string {
  return `${fileName}:${line}:${column}: ${code}: ${message}; expected ${expected}`;
}

/** Returns the problems in the order of the text, each once: a value that several aliases share is at fault only where it is defined. */
export function inOrderOfText<Code extends string>(problems: readonly FileProblem<Code>[]): FileProblem<Code>[] {
  const unique = new Map<string, FileProblem<Code>>();
  for (const problem of problems) {
    const { line, column, code, message } = problem;
    const key = `${line}:${column} ${code} ${message}`;
    if (!unique.has(key)) unique.set(key, problem);
  }
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
