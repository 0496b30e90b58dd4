/** Writes lines with a time, an actor and an action to stdout. Lines are at most 100 columns wide, and coloured on a terminal. */
import { isatty } from 'node:tty';
import pc from 'picocolors';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold' | 'plain';

const COLUMNS = 100;
const TIME_WIDTH = 8;
const LABEL_WIDTH = 12;
const MARGIN = ' '.repeat(TIME_WIDTH + 2 + LABEL_WIDTH);

const { FORCE_COLOR = '0' } = process.env;
const colours = pc.createColors(pc.isColorSupported && (FORCE_COLOR !== '0' || isatty(1)));
function colourDemoText(text: string, how: Colour): string {
  return how === 'plain' ? text : colours[how](text);
}

/** Splits the text into lines of at most this width. A longer word stays on one line. */
function wrapDemoText(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => line.replaceAll(new RegExp(`(?=.{${width + 1}})(.{1,${width}}) `, 'g'), '$1\n').split('\n'));
}

export function printDemoLines(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line.trimEnd()}\n`);
}

/** Writes a label and a text. An empty label means that the text continues the line above. */
export function printDemoLabelled(label: string, text: string, how: Colour = 'plain', time = ''): void {
  const start = `${time.padStart(TIME_WIDTH)}  ${label.padEnd(LABEL_WIDTH)}`;
  for (const [index, line] of wrapDemoText(text, COLUMNS - MARGIN.length).entries())
    printDemoLines(`${index === 0 ? colourDemoText(start, /\w/.test(label) ? 'dim' : how) : MARGIN}${colourDemoText(line, how)}`);
}

/** Writes the text of each check, and whether the check passed. */
export function printDemoChecks(checks: Readonly<Record<string, boolean>>): void {
  for (const [promise, isKept] of Object.entries(checks)) printDemoLabelled(isKept ? '✓' : '✗', promise, isKept ? 'green' : 'red');
}

export function printDemoHeading(title: string, explanation: string): void {
  printDemoLines('', colourDemoText(title, 'bold'), ...wrapDemoText(explanation, COLUMNS).map((line) => colourDemoText(line, 'dim')), '');
}
