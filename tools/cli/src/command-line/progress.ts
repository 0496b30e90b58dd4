/** Shows the progress of a command: as one line on a terminal, and as occasional lines in a pipe or a file. */
import type { Output } from './io.js';
import { markOwnEscapes } from './printable.js';

export interface Progress {
  /** Replaces the shown text. */
  show(text: string): void;
  /** Shows a bar and the text. Also shows the rate and the remaining time when an estimate is possible. */
  bar(done: number, of: number, text: string): void;
  /** Removes the line from the terminal, so that other output starts on an empty line. */
  clear(): void;
}

const BAR_WIDTH = 24;
/** Moves to the first column and erases the line. */
const ERASE_LINE = markOwnEscapes('\u001b[G\u001b[K');

/** The interval between two lines in a pipe. With this long interval, short commands write no line, and the logs of jobs stay short. */
const LINE_INTERVAL_MILLISECONDS = 30_000;
/** The rate is not shown before this time, because an early rate is inaccurate. */
const MIN_RATE_MILLISECONDS = 2_000;

export function progressLineOn(output: Output, now: () => Date): Progress {
  const time = (): number => now().getTime();
  let isShown = false;
  let written = time();
  let bar = { text: '', since: 0, doneThen: 0 };
  const show = (text: string): void => {
    if (output.isTTY === true) {
      // A longer line would wrap into several rows, and `ERASE_LINE` would erase only the last row.
      output.write(`${ERASE_LINE}${text.slice(0, (output.columns ?? 80) - 1)}`);
      isShown = true;
    } else if (time() - written >= LINE_INTERVAL_MILLISECONDS) {
      output.write(`portcullis: ${text}\n`);
      written = time();
    }
  };
  return {
    show,
    bar: (done, of, text) => {
      // A new text or a lower count means that other work started, so the rate is measured from now.
      if (text !== bar.text || done < bar.doneThen) bar = { text, since: time(), doneThen: done };
      const filled = of === 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.round((done / of) * BAR_WIDTH));
      const drawn = output.isTTY === true ? `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ` : '';
      show(`${drawn}${done}/${of} ${text}${progressRateWords(done - bar.doneThen, of - done, time() - bar.since)}`);
    },
    clear: () => {
      if (isShown) output.write(ERASE_LINE);
      isShown = false;
    },
  };
}

/** Returns a text such as `, 2.5 a second, 40 s left`. */
function progressRateWords(done: number, left: number, milliseconds: number): string {
  if (milliseconds < MIN_RATE_MILLISECONDS || done === 0) return '';
  const rate = (done * 1000) / milliseconds;
  const seconds = Math.ceil(left / rate);
  const timeLeft = seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  return `, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second, ${timeLeft} left`;
}
