/** The text of a file, and where in it something stands. */
import { LineCounter } from 'yaml';
import { formatPath, type Path } from './path.js';
import type { FileProblem, FileProblemCode } from './problem.js';
import { shortened } from './quoted.js';

/** A place in a text: where it begins, and what stands there. */
export interface Place {
  readonly offset: number;
  readonly text: string;
}

// No excerpt needs more of the text, which may be one line of a mebibyte.
const ENOUGH = 1000;

export class SourceText {
  /** To be filled by whoever reads the text. */
  readonly lines = new LineCounter();

  constructor(readonly text: string) {}

  /** Returns the line and column, both 1-based. */
  position(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset);
    // Before its first line is counted, a text has none: everything is then on the first.
    return line === 0 ? { line: 1, column: offset + 1 } : { line, column: col };
  }

  /** Returns what stands between the offsets, as far as it is on one line, and at most 120 characters of it. */
  excerpt(start: number, end: number): string {
    const [line = ''] = this.text.slice(start, Math.min(end, start + ENOUGH)).split(/\r?\n/, 1);
    return shortened(line.trimEnd());
  }

  /** Returns a problem of what stands between the offsets. */
  problem(
    span: readonly [number, number],
    code: FileProblemCode,
    message: string,
    expected: string,
    path: Path = [],
  ): FileProblem {
    const [start, end] = span;
    return { code, path: formatPath(path), ...this.position(start), text: this.excerpt(start, end), message, expected };
  }
}
