/** Reads the steps of a page in docs: the commands that a reader types, and the output that the page shows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..', '..', '..');

/** A command that the reader types, and its output. If `text` is absent, the page shows output without a command. */
export interface Step {
  readonly line: number;
  readonly terminal: 'console' | 'sandbox';
  readonly text?: string;
  expected: string;
}

/**
 * Returns the steps of each code block of a page. A `console` block shows the reader's terminal. A `sandbox` block shows the terminal of
 * `npm run sandbox`.
 */
export function blocksIn(page: string): readonly (readonly Step[])[] {
  const blocks: Step[][] = [];
  let terminal: Step['terminal'] | undefined;
  let indent = 0;
  for (const [i, indented] of readFileSync(join(ROOT, 'docs', page), 'utf8')
    .split('\n')
    .entries()) {
    const [, spaces = '', fence] = /^( *)```(.*)/.exec(indented) ?? [];
    const line = indented.slice(indent);
    const steps = blocks.at(-1) ?? [];
    if (fence !== undefined) {
      indent = terminal === undefined ? spaces.length : 0;
      terminal = (['console', 'sandbox'] as const).find((name) => name === fence);
      if (terminal !== undefined) blocks.push(terminal === 'sandbox' ? [{ line: i + 1, terminal, expected: '' }] : []);
    } else if (terminal !== undefined && /^[$>] /.test(line)) steps.push({ line: i + 1, terminal, text: line.slice(2), expected: '' });
    else if (terminal !== undefined) {
      const last = steps.at(-1);
      if (last === undefined) throw new Error(`line ${i + 1}: output without a command`);
      last.expected += `${line}\n`;
    }
  }
  return blocks.map((steps) => steps.filter(({ text, expected }) => text !== undefined || expected !== ''));
}

const ID = /^(sg|vpc|sgr)-[0-9a-f]{17}$/;

/** Compares printed output with a page. The ids in the output differ from the ids on the page, because EC2 chooses new ids in each run. */
export class Reader {
  private readonly ids = new Map<string, string>();
  private pending = new Set<string>();

  /**
   * Returns `expected` if the printed text matches `expected`. Otherwise returns the printed text. With `isPart`, the printed text only
   * needs to contain `expected`.
   */
  asOnPage(printed: string, expected: string, isPart = false): string {
    this.pending = new Set();
    const pattern = expected
      .split(/(…|\b(?:sg|vpc|sgr)-[0-9a-f]{17}\b)/)
      .map((part) => {
        if (part === '…') return '[^]*?';
        return ID.test(part) ? this.patternOf(part) : escaped(part);
      })
      .join('');
    const match = new RegExp(isPart ? pattern : `^${pattern}$`).exec(printed);
    for (const [name, id] of Object.entries(match?.groups ?? {})) this.ids.set(name.replace('_', '-'), id);
    return match === null ? printed : expected;
  }

  /**
   * Returns a pattern for an id on the page. At first, the pattern matches any id of this kind. After a match, the pattern for this id
   * matches only the text that was found.
   */
  private patternOf(id: string): string {
    const known = this.ids.get(id);
    if (known !== undefined) return known;
    const name = id.replace('-', '_');
    const [prefix = ''] = id.split('-');
    if (this.pending.has(name)) return `\\k<${name}>`;
    this.pending.add(name);
    return `(?<${name}>${prefix}-[0-9a-f]{17})`;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
