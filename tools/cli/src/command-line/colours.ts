/** Colours text on terminals, but not in pipes and files. */
import { inspect } from 'node:util';
import type { Host, Output } from './io.js';
import { markOwnEscapes } from './printable.js';

const NAMES = ['bold', 'dim', 'red', 'yellow', 'green', 'magenta'] as const;

export type Colours = Readonly<Record<(typeof NAMES)[number], (text: string) => string>>;

/** The values of `FORCE_COLOR` that turn colours on. Any other value turns colours off. */
const FORCING = ['', '1', 'true', '2', '3'];

/**
 * Returns functions that colour a text. If the output is not a terminal or `NO_COLOR` is set (https://no-color.org), the functions return
 * the text unchanged. `FORCE_COLOR` overrides both conditions.
 *
 * @see https://nodejs.org/api/tty.html#writestreamgetcolordepthenv
 */
export function terminalColours(output: Output, env: Host['env']): Colours {
  const { FORCE_COLOR: forced, NO_COLOR: refused = '', TERM } = env;
  const wanted = forced === undefined ? output.isTTY === true && refused === '' && TERM !== 'dumb' : FORCING.includes(forced);
  const painters = NAMES.map((name) => {
    const [open, close] = (inspect.colors[name] ?? []).map((code) => markOwnEscapes(`\u001b[${code}m`));
    return [name, (text: string) => (wanted ? `${open ?? ''}${text}${close ?? ''}` : text)] as const;
  });
  return Object.fromEntries(painters) as Colours;
}
