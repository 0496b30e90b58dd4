/** Writes a time, an actor and an action to stdout, at most 100 columns wide, and coloured on a terminal. */
import { isatty } from 'node:tty';
import pc from 'picocolors';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold' | 'plain';

const COLUMNS = 100;
const TIME_WIDTH = 8;
const LABEL_WIDTH = 12;
const MARGIN = ' '.repeat(TIME_WIDTH + 2 + LABEL_WIDTH);

const { FORCE_COLOR = '0' } = process.env;
const colours = pc.createColors(pc.isColorSupported && (FORCE_COLOR !== '0' || isatty(1)));
function paint(text: string, how: Colour): string {
  return how === 'plain' ? text : colours[how](text);
}

/** Returns the text in lines of at most this width. Only a longer word exceeds it. */
function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => line.replaceAll(new RegExp(`(?=.{${width + 1}})(.{1,${width}}) `, 'g'), '$1\n').split('\n'));
}

export function write(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line.trimEnd()}\n`);
}

/** An empty label continues the line above. */
export function writeLine(label: string, text: string, how: Colour = 'plain', time = ''): void {
  const start = `${time.padStart(TIME_WIDTH)}  ${label.padEnd(LABEL_WIDTH)}`;
  for (const [index, line] of wrap(text, COLUMNS - MARGIN.length).entries())
    write(`${index === 0 ? paint(start, /\w/.test(label) ? 'dim' : how) : MARGIN}${paint(line, how)}`);
}

/** Writes each promise, and whether it was kept. */
export function writeChecks(checks: Readonly<Record<string, boolean>>): void {
  for (const [promise, isKept] of Object.entries(checks)) writeLine(isKept ? '✓' : '✗', promise, isKept ? 'green' : 'red');
}

export function writeHeading(title: string, explanation: string): void {
  write('', paint(title, 'bold'), ...wrap(explanation, COLUMNS).map((line) => paint(line, 'dim')), '');
}
