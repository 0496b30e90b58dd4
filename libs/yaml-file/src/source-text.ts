import { LineCounter } from 'yaml';
import { formatPath, type Path } from './path.js';
import type { FileProblem } from './file-problem.js';
import { shortenYamlText } from './quoted.js';

/** The reason why a text cannot be read as YAML. */
export type YamlProblemCode =
  /** The text is neither YAML nor JSON. */
  | 'syntax'
  /** The file has so many syntax errors that the result does not list all of them. */
  | 'more-syntax'
  | 'duplicate-key'
  | 'unknown-anchor'
  /** An alias is inside the value of its own anchor. */
  | 'endless-alias'
  | 'too-large'
  | 'too-deep';

export type YamlProblem = FileProblem<YamlProblemCode>;

/** A piece of text: the offset of its beginning, and the offset after its end. */
export type Span = readonly [start: number, end: number];

// `excerpt` splits only this many characters into lines, because a line can have a million characters.
const EXCERPT_CHARACTERS = 1000;

/** The text of a file, with the offset of each line. */
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

  /** Returns the first line of the span, shortened to 120 characters. */
  excerpt([start, end]: Span): string {
    const [line = ''] = this.text.slice(start, Math.min(end, start + EXCERPT_CHARACTERS)).split(/\r?\n/, 1);
    return shortenYamlText(line.trimEnd());
  }

  problem(span: Span, code: YamlProblemCode, message: string, expected: string, path: Path = []): YamlProblem {
    return { code, path: formatPath(path), ...this.position(span[0]), text: this.excerpt(span), message, expected };
  }
}
