/** The text of a file, and where in it something stands. */
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
  /** The offsets at which lines begin. */
  private readonly lineStarts: readonly number[];

  constructor(readonly text: string) {
    const starts = [0];
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
    this.lineStarts = starts;
  }

  /** Returns the line and column, both 1-based. */
  position(offset: number): { line: number; column: number } {
    // The last line that begins at or before the offset is at `low`, or below `high`.
    let low = 0;
    let high = this.lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.lineStarts[low] ?? 0) + 1 };
  }

  /** Returns what stands between the offsets, as far as it is on one line, and at most 120 characters of it. */
  excerpt(start: number, end: number): string {
    const [line = ''] = this.text.slice(start, Math.min(end, start + ENOUGH)).split(/\r?\n/, 1);
    return shortened(line.trimEnd());
  }

  /** Returns a problem of what stands between the offsets. */
  problem(span: readonly [number, number], code: FileProblemCode, message: string, expected: string, path: Path = []): FileProblem {
    const [start, end] = span;
    return { code, path: formatPath(path), ...this.position(start), text: this.excerpt(start, end), message, expected };
  }
}
