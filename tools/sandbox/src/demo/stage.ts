/** What a person sees of the scenarios: aligned, coloured on a terminal, plain when piped. */
import { isatty } from 'node:tty';
import pc from 'picocolors';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold' | 'plain';

const LABEL_WIDTH = 13;

const colours = pc.createColors(pc.isColorSupported && isatty(1));
function paint(text: string, how: Colour): string {
  return how === 'plain' ? text : colours[how](text);
}

function write(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line.trimEnd()}\n`);
}

/** Writes to stdout. A terminal shows colours unless NO_COLOR asks it not to; a pipe gets plain text. */
export class Stage {
  /** A line with its label in the first column; further texts go below the first. An empty label continues the one above. */
  line(label: string, text: string | readonly string[], how: Colour = 'plain'): void {
    for (const [index, each] of [text].flat().entries())
      write(`  ${paint((index === 0 ? label : '').padEnd(LABEL_WIDTH), 'dim')}${paint(each, how)}`);
  }

  /** Promises, and whether each was kept. */
  checks(checks: readonly { readonly promise: string; readonly kept: boolean }[]): void {
    for (const { promise, kept } of checks) this.line(kept ? '✓' : '✗', promise, kept ? 'green' : 'red');
  }

  heading(title: string, explanation: string): void {
    write('', paint(title, 'bold'), paint(explanation, 'dim'), '');
  }

  gap(): void {
    write('');
  }
}
