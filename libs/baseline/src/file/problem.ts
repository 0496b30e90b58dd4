/** What is wrong with a baseline file. */
import type { ProblemCode } from '@portcullis/permission-diff';
import type { Path } from './path.js';

/** Why a baseline file could not be read: the codes of `permission-diff` for what EC2 would refuse, and these. */
export type FileProblemCode =
  | ProblemCode
  /** The text is neither YAML nor JSON. */
  | 'syntax'
  /** More places than are listed are not YAML. */
  | 'more-syntax'
  | 'duplicate-key'
  | 'unknown-anchor'
  /** An alias stands for something that contains it. */
  | 'endless-alias'
  | 'too-large'
  | 'too-deep'
  | 'empty-file'
  | 'missing-key'
  | 'bad-value'
  /** A part of the format that this release does not have yet. */
  | 'unsupported'
  | 'duplicate-name'
  /** One group is selected twice. */
  | 'duplicate-group'
  | 'duplicate-rule'
  | 'duplicate-clause'
  /** A permit that changes nothing. */
  | 'useless-permit';

/** One reason why a baseline file could not be read. */
export type FileProblem = Located<FileProblemCode>;

/** What is valid but risky. */
export type FileWarningCode =
  /** The world may reach an administration or database service. */
  | 'exposed-service'
  /** The last day of a permit is over: what it permitted is drift. */
  | 'expired-permit'
  /** A group may meet the criteria of two baselines; one that does is left alone. */
  | 'overlapping-selection';

/** One thing in a valid baseline file that its owner should look at. */
export type FileWarning = Located<FileWarningCode>;

/** Something to tell of a place in a file. */
export interface Located<Code extends string> {
  readonly code: Code;
  /** Where it is in the data, e.g. `baselines[0].ingress[1].IpRanges[0].CidrIp`; empty for the whole file. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** The offending source text: what stands at that line and column, at most 120 characters of one line; `absent` for what is not there. */
  readonly text: string;
  /** What is wrong. */
  readonly message: string;
  /** What would be right. */
  readonly expected: string;
}

/** A problem of the data, before it is found in the text. */
export interface DataProblem<Code extends string = FileProblemCode> {
  readonly code: Code;
  readonly path: Path;
  /** Whether the key at the path is at fault or its value. @default 'value' */
  readonly at?: 'key' | 'value';
  readonly message: string;
  /** What would be right; it may depend on what stands in the file. */
  readonly expected: string | ((written: string) => string);
  /** Where the same thing was first: its line is added to the message. */
  readonly first?: Path;
  /** The key that was meant by the key at the path: that it is missing is then not worth saying. */
  readonly meant?: string;
}

/** Returns one line: `baseline.yaml:7:20: not-a-cidr: `10.0.0` is not a block of addresses; expected …`. */
export function formatFileProblem(fileName: string, problem: FileProblem | FileWarning): string {
  const { line, column, code, message, expected } = problem;
  return `${fileName}:${line}:${column}: ${code}: ${message}; expected ${expected}`;
}
