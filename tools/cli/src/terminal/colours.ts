/** Colour for people, none for programs. */
import pc from 'picocolors';
import type { Io, Output } from '../program/io.js';
import { ours } from './printable.js';

const NAMES = ['bold', 'dim', 'red', 'yellow', 'green', 'magenta'] as const;

export type Colours = Readonly<Record<(typeof NAMES)[number], (text: string) => string>>;

/** Returns the colours of an output: all of them plain unless it is a terminal, or when `NO_COLOR` is set (https://no-color.org). */
export function coloursOf(output: Output, env: Io['env']): Colours {
  const wanted = output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const colours = pc.createColors(wanted);
  const marked = NAMES.map((name) => {
    // The sequences are ours, the text between them may be anybody's.
    const [open = '', close = ''] = colours[name]('\n').split('\n').map(ours);
    return [name, (text: string) => `${open}${text}${close}`] as const;
  });
  return Object.fromEntries(marked) as Colours;
}
