/** How far it has got, for a person who waits: one line that is written over, and nothing where nobody watches. */
import type { Output } from '../program/io.js';
import { ours } from './printable.js';

export interface Progress {
  /** Shows the text in place of the last. */
  show(text: string): void;
  /** Shows a bar with the text after it. */
  bar(done: number, of: number, text: string): void;
  /** Takes the line away, so that other output begins on an empty one. */
  clear(): void;
}

const BAR_WIDTH = 24;
/** Back to the first column, and all of the line away. */
const TO_START = ours('\u001b[G\u001b[K');

export function progressOn(output: Output): Progress {
  if (output.isTTY !== true) return { show: () => undefined, bar: () => undefined, clear: () => undefined };
  let shown = false;
  const show = (text: string): void => {
    // One line only: a longer one would wrap, and stay.
    output.write(`${TO_START}${text.slice(0, (output.columns ?? 80) - 1)}`);
    shown = true;
  };
  return {
    show,
    bar: (done, of, text) => {
      const filled = of === 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.round((done / of) * BAR_WIDTH));
      show(`${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${done}/${of} ${text}`);
    },
    clear: () => {
      if (shown) output.write(TO_START);
      shown = false;
    },
  };
}
