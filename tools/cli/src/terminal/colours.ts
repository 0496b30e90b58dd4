/** Colours text for people, but not for programs. */
import { inspect } from 'node:util';
import type { Host, Output } from '../program/io.js';
import { ours } from './printable.js';

const NAMES = ['bold', 'dim', 'red', 'yellow', 'green', 'magenta'] as const;

export type Colours = Readonly<Record<(typeof NAMES)[number], (text: string) => string>>;

/** Returns functions that colour a text if the output is a terminal and `NO_COLOR` is not set (https://no-color.org). */
export function coloursOf(output: Output, env: Host['env']): Colours {
  const wanted = output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  const painters = NAMES.map((name) => {
    const [open, close] = (inspect.colors[name] ?? []).map((code) => ours(`\u001b[${code}m`));
    return [name, (text: string) => (wanted ? `${open ?? ''}${text}${close ?? ''}` : text)] as const;
  });
  return Object.fromEntries(painters) as Colours;
}
