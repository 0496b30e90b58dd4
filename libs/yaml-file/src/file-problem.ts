/** The problems of a file. */
import type { Path } from './path.js';

/** One problem of a file, with the position of the invalid text. */
export interface FileProblem<Code extends string = string> {
  readonly code: Code;
  /**
   * The path of the value in the data, such as `baselines[0].ingress[1].IpRanges[0].CidrIp`. Empty if the problem concerns the whole file.
   */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. The column counts UTF-16 code units, as editors do. */
  readonly column: number;
  /** The invalid text in the file at that line and column: at most 120 characters of one line. `absent` if the file has no text there. */
  readonly text: string;
  /** What is wrong. */
  readonly message: string;
  /** What is expected instead. */
  readonly expected: string;
}

/** A problem of the parsed data, before its position in the file is looked up. */
export interface DataProblem<Code extends string = string> {
  readonly code: Code;
  readonly path: Path;
  /** Whether the key or the value at the path is wrong. @default 'value' */
  readonly at?: 'key' | 'value';
  /** What is wrong. The message may depend on the text in the file. */
  readonly message: string | ((written: string) => string);
  readonly expected: string | ((written: string) => string);
  /** The path of the first occurrence, if the value occurs twice. The line of the first occurrence is added to the message. */
  readonly first?: Path;
}

/** Returns one line: `baseline.yaml:7:20: not-a-cidr: `10.0.0` is not a block of addresses; expected …`. */
export function formatFileProblem(fileName: string, { line, column, code, message, expected }: FileProblem): string {
  return `${fileName}:${line}:${column}: ${code}: ${message}; expected ${expected}`;
}

/**
 * Returns the problems in text order without duplicates. If several aliases share a value with a problem, the problem is reported once,
 * where the value is defined.
 */
export function sortFileProblems<Code extends string>(problems: readonly FileProblem<Code>[]): FileProblem<Code>[] {
  const unique = new Map<string, FileProblem<Code>>();
  for (const problem of problems) {
    const { line, column, code, message } = problem;
    const key = `${line}:${column} ${code} ${message}`;
    if (!unique.has(key)) unique.set(key, problem);
  }
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
