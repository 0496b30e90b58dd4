/** What to call things in messages. */
import { allowedAt } from './json-schema.js';
import { formatPath, type Path } from './path.js';
import type { DataProblem } from './problem.js';

/** Returns the last key of the path with the indices after it, in backticks: `` `ids[1]` ``. */
export function nameOf(path: Path): string {
  const lastKey = path.findLastIndex((step) => typeof step === 'string');
  return path.length === 0 ? 'the file' : `\`${formatPath(path.slice(Math.max(0, lastKey)))}\``;
}

/** Returns what kind of value it is, as JSON Schema calls it, and in words. */
export function kindOf(value: unknown): { type: string; words: string } {
  if (value === null) return { type: 'null', words: 'empty' };
  if (Array.isArray(value)) return { type: 'array', words: 'a list' };
  if (typeof value === 'string') return { type: 'string', words: 'text' };
  if (typeof value === 'number') return { type: 'number', words: 'a number' };
  if (typeof value === 'boolean') return { type: 'boolean', words: '`true` or `false`' };
  return { type: 'object', words: 'an object' };
}

/** Returns what would be right where only the quotes are wrong: YAML takes `-1` for a number and `"80"` for text. */
export function requoted(path: Path, value: unknown): DataProblem['expected'] | undefined {
  const type = allowedAt(path)?.type;
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    // As it stands in the file: the account `012345678901` is not to lose its zero.
    return (written) => `\`"${written}"\`, in quotes`;
  }
  if ((type === 'integer' || type === 'number') && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) {
    return `\`${value}\` without quotes`;
  }
  return undefined;
}
