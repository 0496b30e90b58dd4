/** Colour for people, none for programs. */
import pc from 'picocolors';
import type { Io, Output } from './io.js';

export type Colours = ReturnType<typeof pc.createColors>;

/** Returns the colours of an output: all of them plain unless it is a terminal, or when `NO_COLOR` is set (https://no-color.org). */
export function coloursOf(output: Output, env: Io['env']): Colours {
  const wanted = output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  return pc.createColors(wanted);
}
