import type { Path } from './path.js';

/** One problem of a file, with the position of the invalid text. */
export interface FileProblem<Code extends string = string> {
  readonly code: Code;
  /**
   * The path of the invalid value, such as `baselines[0].ingress[1].IpRanges[0].CidrIp`. Empty if the problem is the whole file.
   */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. The column counts UTF-16 code units, as editors do. */
  readonly column: number;
  /** The invalid text at that line and column: at most 120 characters of one line. `absent` if a key or value is missing. */
  readonly text: string;
  /** What is wrong. */
  readonly message: string;
  /** A description of valid text. */
  readonly expected: string;
}

/** A problem of the parsed data, without its line and column. */
export interface DataProblem<Code extends string = string> {
  readonly code: Code;
  readonly path: Path;
  /** Whether the key or the value at the path is wrong. @default 'value' */
  readonly at?: 'key' | 'value';
  /** What is wrong: either a text, or a function that gets the invalid text of the file and returns the message. */
  readonly message: string | ((written: string) => string);
  readonly expected: string | ((written: string) => string);
  /**
   * The path of the earlier key or value that the invalid key or value repeats or overlaps. `locate` adds the line of the earlier key or
   * value to the message.
   */
  readonly first?: Path;
}

/** Returns one line: `baseline.yaml:7:20: not-a-cidr: `10.0.0` is not a block of addresses; expected …`. */
export function formatFileProblem(fileName: string, { line, column, code, message, expected }: FileProblem): string {
  return `${fileName}:${line}:${column}: ${code}: ${message}; expected ${expected}`;
}

/**
 * Sorts the problems by line and column, and removes duplicates. If several aliases refer to an invalid value, `problems` contains the same
 * problem several times.
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
