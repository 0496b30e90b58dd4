/** Finds words for values and types in messages. */
import { formatPath, type DataProblem, type Path } from '@portcullis/yaml-file';
import { schemaAllowsAt } from './json-schema.js';

/** Returns the last key of the path and the indexes after it, in backticks: `` `ids[1]` ``. */
export function formatKeyOfPath(path: Path): string {
  const lastKey = path.findLastIndex((step) => typeof step === 'string');
  return path.length === 0 ? 'the file' : `\`${formatPath(path.slice(Math.max(0, lastKey)))}\``;
}

/** Returns the type of the value twice: as JSON Schema's name, and in words. */
export function describeValueType(value: unknown): { type: string; words: string } {
  if (value === null) return { type: 'null', words: 'empty' };
  if (Array.isArray(value)) return { type: 'array', words: 'a list' };
  if (typeof value === 'string') return { type: 'string', words: 'text' };
  if (typeof value === 'number') return { type: 'number', words: 'a number' };
  if (typeof value === 'boolean') return { type: 'boolean', words: '`true` or `false`' };
  return { type: 'object', words: 'an object' };
}

/** If a value is wrong only in its quotes, returns the expected spelling. YAML reads `-1` as a number and `"80"` as text. */
export function correctYamlQuotes(path: Path, value: unknown): DataProblem['expected'] | undefined {
  const types = schemaAllowsAt(path)?.types ?? [];
  const type = types.length === 1 ? types[0] : undefined;
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    // Quotes the text in the file, not the parsed number, because the account `012345678901` must keep its leading zero.
    return (written) => `\`"${written}"\`, in quotes`;
  }
  if ((type === 'integer' || type === 'number') && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) {
    return `\`${value}\` without quotes`;
  }
  return undefined;
}
