/** Shows a person what is wrong with a file, and where. */
import type { FileProblem, FileWarning } from '@portcullis/baseline/file';
import type { Colours } from '../terminal/colours.js';
import { counted } from '../render/counted.js';
import { printable } from '../terminal/printable.js';

export interface Report {
  /** How the user called the file. */
  readonly fileName: string;
  /** What it holds. */
  readonly text: string;
  readonly problems: readonly (FileProblem | FileWarning)[];
  /** What they are: problems keep the file from being used, warnings do not. @default 'problem' */
  readonly noun?: 'problem' | 'warning';
}

/**
 * Returns one line for each problem, aligned, under it the line of the file with what is meant underlined, and at the end how many there
 * are. Lines about problems begin with `file:line:column`, lines of the file with blanks.
 */
export function renderReport({ fileName, text, problems, noun = 'problem' }: Report, colours: Colours): string {
  const colour = noun === 'problem' ? colours.red : colours.yellow;
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const places = problems.map(({ line, column }) => `${fileName}:${line}:${column}`);
  const placeWidth = widest(places);
  const codeWidth = widest(problems.map(({ code }) => code));
  const gutterWidth = widest(problems.map(({ line }) => String(line)));
  const parts = problems.map((problem, i) => {
    const { code, message, expected } = problem;
    const place = colours.bold(String(places[i]).padEnd(placeWidth));
    const summary = `${place}  ${colour(code.padEnd(codeWidth))}  ${message}; expected ${expected}\n`;
    return `${summary}${excerpt(problem, lines, gutterWidth, { colours, colour })}`;
  });
  return `${parts.join('')}${fileName}: ${counted(problems.length, noun)}\n`;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, { length }) => Math.max(width, length), 0);
}

/** How much of a line is shown. */
const WIDTH = 100;

function excerpt(
  problem: FileProblem | FileWarning,
  lines: readonly string[],
  gutterWidth: number,
  { colours, colour }: { readonly colours: Colours; readonly colour: Colours['red'] },
): string {
  const line = lines[problem.line - 1] ?? '';
  if (line.trim() === '') return '';
  const found = line.slice(problem.column - 1);
  const marked = problem.text !== '' && found.startsWith(problem.text) ? problem.text.length : 1;
  // Of a long line, what is around the place.
  const start = line.length <= WIDTH ? 0 : Math.max(0, Math.min(problem.column - 1 - WIDTH / 2, line.length - WIDTH));
  // One column for each code unit, so that the line below keeps in step.
  const shown = printable(line.slice(start, start + WIDTH).replaceAll('\t', ' '));
  const before = start > 0 ? '…' : '';
  const after = start + WIDTH < line.length ? '…' : '';
  const indent = problem.column - 1 - start + before.length;
  const underline = '^'.repeat(Math.max(1, Math.min(marked, shown.length + before.length - indent)));
  const gutter = (number: string): string => colours.dim(`  ${number.padStart(gutterWidth)} |`);
  return `${gutter(String(problem.line))} ${before}${shown}${after}\n` + `${gutter('')} ${' '.repeat(indent)}${colour(underline)}\n`;
}
