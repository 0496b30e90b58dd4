import { LineCounter } from 'yaml';
import { formatPath, type Path } from './path.js';
import type { FileProblem } from './problem.js';
import { shortened } from './quoted.js';

/** Why a text cannot be read as YAML. */
export type YamlProblemCode =
  /** The text is neither YAML nor JSON. */
  | 'syntax'
  /** There are more syntax errors than are listed. */
  | 'more-syntax'
  | 'duplicate-key'
  | 'unknown-anchor'
  /** An alias stands for something that contains it. */
  | 'endless-alias'
  | 'too-large'
  | 'too-deep';

export type YamlProblem = FileProblem<YamlProblemCode>;

/** The first offset of something in a text, and the one after its last. */
export type Span = readonly [start: number, end: number];

// No excerpt needs more of the text, which may be one line of a mebibyte.
const EXCERPT_CHARACTERS = 1000;

/** The text of a file, and where its lines begin. */
export class SourceText {
  readonly text: string;
  readonly lines = new LineCounter();

  constructor(text: string) {
    this.text = text.replace(/^\uFEFF/, '');
    this.lines.addNewLine(0);
    for (const { index } of this.text.matchAll(/\n/g)) this.lines.addNewLine(index + 1);
  }

  /** Returns the line and column, both 1-based. */
  position(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    return { line, column: col };
  }

  /** Returns the first line of what is between the offsets, at most 120 characters of it. */
  excerpt([start, end]: Span): string {
    const [line = ''] = this.text.slice(start, Math.min(end, start + EXCERPT_CHARACTERS)).split(/\r?\n/, 1);
    return shortened(line.trimEnd());
  }

  problem(span: Span, code: YamlProblemCode, message: string, expected: string, path: Path = []): YamlProblem {
    return { code, path: formatPath(path), ...this.position(span[0]), text: this.excerpt(span), message, expected };
  }
}
