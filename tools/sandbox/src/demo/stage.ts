/** What a person sees of the scenarios: aligned, coloured on a terminal, plain when piped. */
import { isatty } from 'node:tty';
import pc from 'picocolors';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold' | 'plain';

export interface Stage {
  heading(title: string, explanation: string): void;
  /** A line with its label in the first column; further texts go below the first. An empty label continues the one above. */
  line(label: string, text: string | readonly string[], colour?: Colour): void;
  /** A promise, and whether it was kept. */
  check(check: { readonly promise: string; readonly kept: boolean }): void;
  gap(): void;
}

const LABEL_WIDTH = 13;

/** Returns a stage that writes to stdout. A terminal shows colours unless NO_COLOR asks it not to; a pipe gets plain text. */
export function createStage(): Stage {
  const colours = pc.createColors(pc.isColorSupported && isatty(1));
  const paint = (text: string, how: Colour): string => (how === 'plain' ? text : colours[how](text));
  const write = (text: string): void => {
    process.stdout.write(`${text.trimEnd()}\n`);
  };
  const line: Stage['line'] = (label, text, how = 'plain') => {
    const texts = typeof text === 'string' ? [text] : text;
    for (const [index, each] of texts.entries())
      write(`  ${paint((index === 0 ? label : '').padEnd(LABEL_WIDTH), 'dim')}${paint(each, how)}`);
  };
  return {
    line,
    check: ({ promise, kept }) => {
      line(kept ? '✓' : '✗', promise, kept ? 'green' : 'red');
    },
    heading: (title, explanation) => {
      write('');
      write(paint(title, 'bold'));
      write(paint(explanation, 'dim'));
      write('');
    },
    gap: () => {
      write('');
    },
  };
}
