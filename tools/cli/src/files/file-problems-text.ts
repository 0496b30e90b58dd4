/** Shows the problems of a file, and the lines of the file that have the problems. */
import type { FileProblem } from '@portcullis/yaml-file';
import { countWithNoun } from '../render/counted.js';
import type { Colours } from '../command-line/colours.js';
import { safeTerminalText } from '../command-line/printable.js';

export interface FileProblems {
  /** The path of the file, as the user typed it. */
  readonly fileName: string;
  readonly text: string;
  readonly problems: readonly FileProblem[];
  /** `problem` for an invalid file, `warning` for a valid file with warnings. @default 'problem' */
  readonly noun?: 'problem' | 'warning';
}

/**
 * Returns two parts for each problem: a message that starts with `file:line:column`, and the line of the file with the problem underlined.
 * The last line of the text counts the problems.
 */
export function colouredFileProblems({ fileName, text, problems, noun = 'problem' }: FileProblems, colours: Colours): string {
  const colour = noun === 'problem' ? colours.red : colours.yellow;
  const widthOf = (texts: readonly string[]): number => texts.reduce((width, { length }) => Math.max(width, length), 0);
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const positions = problems.map(({ line, column }) => `${fileName}:${line}:${column}`);
  const positionWidth = widthOf(positions);
  const codeWidth = widthOf(problems.map(({ code }) => code));
  const gutterWidth = widthOf(problems.map(({ line }) => String(line)));
  const blocks = problems.map((problem, i) => {
    const { code, message, expected } = problem;
    const position = colours.bold(String(positions[i]).padEnd(positionWidth));
    const gutter = (number: string): string => colours.dim(`  ${number.padStart(gutterWidth)} |`);
    return `${position}  ${colour(code.padEnd(codeWidth))}  ${message}; expected ${expected}\n${colouredFileExcerpt(problem, lines, gutter, colour)}`;
  });
  return `${blocks.join('')}${fileName}: ${countWithNoun(problems.length, noun)}\n`;
}

/** The maximum number of characters in the excerpt of a line. */
const EXCERPT_WIDTH = 100;

function colouredFileExcerpt(
  problem: FileProblem,
  lines: readonly string[],
  gutter: (number: string) => string,
  colour: Colours['red'],
): string {
  const line = lines[problem.line - 1] ?? '';
  if (line.trim() === '') return '';
  const start = problem.column - 1;
  const marked = problem.text !== '' && line.startsWith(problem.text, start) ? problem.text.length : 1;
  // For long lines, show only the text around the problem.
  const from = Math.max(0, Math.min(start - EXCERPT_WIDTH / 2, line.length - EXCERPT_WIDTH));
  // `safeTerminalText` keeps the number of UTF-16 code units, so the underline stays aligned.
  const shown = safeTerminalText(line.slice(from, from + EXCERPT_WIDTH).replaceAll('\t', ' '));
  const before = from > 0 ? '…' : '';
  const after = from + EXCERPT_WIDTH < line.length ? '…' : '';
  const indent = start - from + before.length;
  const underline = '^'.repeat(Math.max(1, Math.min(marked, shown.length + before.length - indent)));
  return `${gutter(String(problem.line))} ${before}${shown}${after}\n${gutter('')} ${' '.repeat(indent)}${colour(underline)}\n`;
}
