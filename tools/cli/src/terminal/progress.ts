/** One line on a terminal that shows how far a command has got. Nothing is written to a pipe or a file. */
import type { Output } from '../program/io.js';
import { ours } from './printable.js';

export interface Progress {
  /** Shows the text in place of the last one. */
  show(text: string): void;
  /** Shows a bar with the text after it. */
  bar(done: number, of: number, text: string): void;
  /** Removes the line, so that other output starts on an empty one. */
  clear(): void;
}

const BAR_WIDTH = 24;
/** Moves to the first column and erases the line. */
const ERASE_LINE = ours('\u001b[G\u001b[K');

export function progressOn(output: Output): Progress {
  if (output.isTTY !== true) return { show: () => undefined, bar: () => undefined, clear: () => undefined };
  let isShown = false;
  const show = (text: string): void => {
    // A longer line would wrap, and only its last part could be erased.
    output.write(`${ERASE_LINE}${text.slice(0, (output.columns ?? 80) - 1)}`);
    isShown = true;
  };
  return {
    show,
    bar: (done, of, text) => {
      const filled = of === 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.round((done / of) * BAR_WIDTH));
      show(`${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${done}/${of} ${text}`);
    },
    clear: () => {
      if (isShown) output.write(ERASE_LINE);
      isShown = false;
    },
  };
}
